"""D49 to D51: browsers that restore many tabs, lose cookies or take none. Nobody is sent in circles."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from config import Settings
from tests.support.browser import PATIENCE
from tests.support.live_server import Addresses
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider, providing
from tests.support.relying_party import MODES, Browser
from tests.support.visitor import Visitor
from webapp import create_app, wiring

PUBLIC_URL = "http://localhost:5997"
TABS = 10


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
    services.transport.close()


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


@pytest.mark.browser
def test_ten_restored_tabs_land_where_each_of_them_was(chromium_browser: Chromium, site: Addresses) -> None:
    """The session has expired, PingOne's lives on: ten tabs that sign on at once come back to their own pages."""
    context = chromium_browser.new_context()
    try:
        visitor = Visitor(context, site)
        visitor.sign_on("hosted")
        context.clear_cookies(name="session")
        assert not visitor.session()["signed_in"]
        tabs = [context.new_page() for _ in range(TABS)]
        for tab in tabs:
            tab.goto(f"{site.application}/how-it-works")
        for number, tab in enumerate(tabs):
            start = f"{site.application}/sign-on/hosted?return_to=/checks%3Ftab%3D{number}"
            tab.evaluate("url => { setTimeout(() => location.assign(url), 0) }", start)
        for number, tab in enumerate(tabs):
            expect(tab).to_have_url(f"{site.application}/checks?tab={number}", timeout=PATIENCE)
        assert visitor.session()["signed_in"]
        assert sum(cookie["name"].startswith("so.") for cookie in context.cookies()) <= TABS
    finally:
        context.close()
