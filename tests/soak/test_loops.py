"""Browsers that restore many tabs, lose cookies or take none. Nobody is sent in circles."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from config import Settings
from tests.support.browser import PATIENCE
from tests.support.live_server import Addresses
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider, providing
from tests.support.relying_party import MODES, Browser
from tests.support.visitor import Visitor
from webapp import create_app, wiring

PUBLIC_URL = "http://localhost:5997"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing(PUBLIC_URL) as provider:
        yield provider


@pytest.fixture
def without_cookies(provider: Provider, tmp_path: Path) -> Iterator[Browser]:
    """A browser that keeps no cookie at all."""
    environ = {
        "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
        "PINGONE_AUTH_BASE_URL": provider.base_url,
        "PINGONE_CLIENT_ID": CLIENT_ID,
        "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": "loops-loops-loops-loops-loops-0123456789",
        "INSTANCE_PATH": str(tmp_path),
    }
    settings = Settings.from_env(environ)
    services = wiring.build(settings)
    browser = Browser(create_app(settings, services), PUBLIC_URL, provider)
    browser.client = browser.client.application.test_client(use_cookies=False)
    yield browser
    services.close()


@pytest.mark.parametrize("mode", MODES)
def test_without_cookies_a_sign_on_ends_once(without_cookies: Browser, provider: Provider, mode: str) -> None:
    """One trip to PingOne, then one page that says why and how to begin again; nothing begins by itself."""
    page = without_cookies.start(mode)
    codes = {"hosted": "sign_on_other_browser", "redirectless": "sign_on_other_browser", "custom": "resume_no_cookie"}
    assert (400, codes[mode]) == (page.status, page.error_code)
    assert len(page.trail) <= 3
    assert (1, 0) == (provider.ledger.count("authorize"), provider.ledger.count("token"))
    assert "Refresh" not in page.headers
    assert not re.search(r'http-equiv="?refresh', page.text, re.IGNORECASE)
    assert "cookie" in page.text.lower()
    assert re.search(r'href="/(sign-on/[a-z]+)?"', page.text)


@pytest.fixture
def expired(chromium_browser: Chromium, site: Addresses) -> Iterator[Visitor]:
    """Somebody whose session here has expired, while PingOne's lives on: a sign-on asks for nothing."""
    context = chromium_browser.new_context()
    try:
        visitor = Visitor(context, site)
        visitor.sign_on("hosted")
        context.clear_cookies(name="session")
        assert not visitor.session()["signed_in"]
        yield visitor
    finally:
        context.close()


def restore(visitor: Visitor, count: int) -> list[Page]:
    """Tabs that all begin to sign on at once, each with a page of its own to come back to."""
    tabs = [visitor.context.new_page() for _ in range(count)]
    for tab in tabs:
        tab.goto(f"{visitor.at.application}/how-it-works")
    for number, tab in enumerate(tabs):
        start = f"{visitor.at.application}/sign-on/hosted?return_to=/checks%3Ftab%3D{number}"
        tab.evaluate("url => { setTimeout(() => location.assign(url), 0) }", start)
    return tabs


@pytest.mark.browser
def test_five_restored_tabs_land_where_each_of_them_was(expired: Visitor) -> None:
    """As many sign-ons as a browser may have open at once all come back to their own pages."""
    for number, tab in enumerate(restore(expired, 5)):
        expect(tab).to_have_url(f"{expired.at.application}/checks?tab={number}", timeout=PATIENCE)
    assert expired.session()["signed_in"]


@pytest.mark.browser
def test_ten_restored_tabs_do_not_run_in_circles(expired: Visitor) -> None:
    """More than may be open: the latest five come back to their own pages, the others there, to the session or to the
    page that says why; no tab goes on by itself, and the browser holds no heap of cookies."""
    trips: list[str] = []
    expired.context.on("request", lambda request: trips.append(request.url) if "/as/authorize" in request.url else None)
    tabs = restore(expired, 10)
    for number, tab in enumerate(tabs):
        ends = rf"/(checks\?tab={number}|session|callback\?.*)$"
        expect(tab).to_have_url(re.compile(re.escape(expired.at.application) + ends), timeout=PATIENCE)
    assert sum(f"/checks?tab={number}" in tab.url for number, tab in enumerate(tabs)) >= 5
    assert len(trips) == 10
    assert expired.session()["signed_in"]
    assert sum(cookie["name"].startswith("so.") for cookie in expired.context.cookies()) <= 10
