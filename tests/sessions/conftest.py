"""Applications that share a store and a provider, and browsers in front of them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from config import Settings
from tests.support.counting_store import CountingStore
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider, providing
from tests.support.relying_party import Browser
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore
from webapp.store.protocol import Store

PUBLIC_URL = "http://localhost:5998"
SECRET_KEY = "session-tests-session-tests-session-0001"


class Clock:
    """The time of day, moved ahead when a test says so: the provider's tokens are made in real time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Site:
    """One installation: a store, a clock and a provider, with as many applications (processes) as a test asks for."""

    def __init__(self, provider: Provider, folder: Path, compiled: FileSystemBytecodeCache) -> None:
        self.provider = provider
        self.clock = Clock()
        self.store = CountingStore(MemoryStore(self.clock))
        self.environ = {
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
            "PINGONE_AUTH_BASE_URL": provider.base_url,
            "PINGONE_CLIENT_ID": CLIENT_ID,
            "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
            "PUBLIC_URL": PUBLIC_URL,
            "SECRET_KEY": SECRET_KEY,
            "INSTANCE_PATH": str(folder),
            "LOG_LEVEL": "error",
        }
        self.compiled = compiled
        self._open = ExitStack()

    def app(self, store: Store | None = None, deadline: float = 5.0, **environ: str) -> Flask:
        """An application; without `store` it shares the site's. Keywords are environment variables."""
        settings = Settings.from_env(self.environ | environ)
        services = wiring.build(settings, store=store or self.store, now=self.clock, deadline=deadline)
        self._open.callback(services.close)
        app = create_app(settings, services)
        app.jinja_env.bytecode_cache = self.compiled
        return app

    def browser(self, app: Flask | None = None, **environ: str) -> Browser:
        """A browser in front of `app`, or of an application of its own."""
        app = app or self.app(**environ)
        return Browser(app, app.extensions["services"].settings.public_url, self.provider)

    def signed_on(self, mode: str = "hosted", app: Flask | None = None, **environ: str) -> Browser:
        """A browser that has signed on; the ledger and the list of store calls begin anew."""
        browser = self.browser(app, **environ)
        page = browser.sign_on(mode)
        assert browser.signed_in, (page.status, page.trail, page.text[:2000])
        self.provider.ledger.clear()
        self.store.calls.clear()
        return browser

    def close(self) -> None:
        self._open.close()


def moved(browser: Browser, app: Flask) -> Browser:
    """The same browser, whose requests the load balancer now sends to another application."""
    other = Browser(app, browser.public_url, browser.provider)
    other.client._cookies = browser.client._cookies
    return other


def cookie_values(browser: Browser) -> dict[str, str]:
    """The cookies that the browser holds for the application."""
    found: dict[str, Any] = browser.client._cookies
    return {cookie.key: cookie.value for cookie in found.values()}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An honest provider over real sockets."""
    with providing(PUBLIC_URL) as provider:
        yield provider


@pytest.fixture
def site(provider: Provider, tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Site]:
    """An installation in front of the provider."""
    site = Site(provider, tmp_path, compiled_templates)
    yield site
    site.close()
