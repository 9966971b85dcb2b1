"""A real browser: Chromium driven by Playwright, and what it complains about."""

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, WebError, sync_playwright

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000
"""Milliseconds after which something that should be on a page is missing: long, because machines are busy."""

REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.violatedDirective} blocked ${event.blockedURI || "inline"}`))"""
REFUSED_PAGE = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium or Chrome for the tests.

    Where there is none and none can be fetched, the test is skipped with a loud reason; where ``CI`` is set that is
    a failure.
    """
    with sync_playwright() as playwright:
        program = _program(playwright.chromium)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _program(fetched: BrowserType) -> str:
    installed = next((found for name in PROGRAMS if (found := shutil.which(name))), "")
    if installed or Path(fetched.executable_path).exists() or _fetch():
        return installed or fetched.executable_path
    reason = "NOT TESTED: no Chromium or Chrome on this machine, and none could be fetched (apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@functools.cache
def _fetch() -> bool:
    try:
        fetch = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return False
    return fetch.returncode == 0


class Watch:
    """Listens to a browser window: whatever it complains about is a fault of a page."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", self._fail)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # A page that refuses something says so with its status too, and Chromium finds every 4xx worth an error.
        if REFUSED_PAGE.match(message.text) and "/static/" not in message.location["url"]:
            return
        self.complaints.append(f"{message.type} at {message.location['url']}: {message.text}")

    def _fail(self, error: WebError) -> None:
        self.complaints.append(f"script failed: {error.error}")


def path_of(page: Page) -> str:
    """The address of a page without its site, and without the query, which may hold a code."""
    return re.sub(r"^https?://[^/]+|[?#].*$", "", page.url)
