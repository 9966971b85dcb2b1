"""A browser without a window: follows redirects and sends forms between the application and its built-in simulator.

Both are called in memory, each under its own host name, so cookies stay on their own site as in a real browser.
"""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from webapp.simulator import PASSWORD

MOST_HOPS = 12


class Walker:
    """One browser in front of `app`. `page` is the last answer, `url` its address."""

    def __init__(self, app: Flask, public_url: str, simulator_url: str) -> None:
        self.client = app.test_client()
        self.public_url, self.simulator_url = public_url, simulator_url
        self.url = public_url
        self.page: TestResponse | None = None
        self.heard: Callable[[TestResponse], None] = lambda answer: None
        """Is told every answer of the application."""

    # -- walking --------------------------------------------------------------------------------------------------

    def get(self, url: str) -> TestResponse:
        """Open an address (`/…` is the application's) and follow where it leads."""
        return self._walk("GET", self.public_url + url if url.startswith("/") else url, {})

    def post(self, url: str, fields: Mapping[str, str]) -> TestResponse:
        """Send a form of the page's own site, and follow where that leads."""
        return self._walk("POST", urljoin(self.url, url), fields)

    def _walk(self, method: str, url: str, fields: Mapping[str, str]) -> TestResponse:
        for _ in range(MOST_HOPS):
            own = _origin(url)
            headers = {"Origin": own, "Sec-Fetch-Site": "same-origin"} if method == "POST" else {}
            query = urlsplit(url).query
            path = urlsplit(url).path + (f"?{query}" if query else "")
            answer = self.client.open(path, method=method, base_url=own, data=dict(fields) or None, headers=headers)
            self.url, self.page = url, answer
            if url.startswith(self.public_url):
                self.heard(answer)
            if answer.status_code not in (301, 302, 303):
                return answer
            url, method, fields = urljoin(url, answer.headers["Location"]), "GET", {}
        raise AssertionError(f"a redirect loop, last at {url}")

    # -- signing on -----------------------------------------------------------------------------------------------

    def sign_on(self, mode: str, username: str = "sharedTestUser", password: str = PASSWORD) -> TestResponse:
        """Begin; where a form asks for a password, whoever draws it, fill it in."""
        page = self.get(f"/sign-on/{mode}")
        asked = page.status_code == 200 and 'type="password"' in page.text
        return self.answer(username=username, password=password) if asked else page

    def answer(self, **fields: str) -> TestResponse:
        """Fill in the first form of the page that asks for something, and send it."""
        text = self.page.text if self.page else ""
        forms = re.findall(r"<form\b.*?</form>", text[text.index("<main") :], re.DOTALL)
        form = next(each for each in forms if re.search(r'<input\b[^>]*type="(?!hidden)', each))
        hidden = [_attributes(tag) for tag in re.findall(r'<input\b[^>]*type="hidden"[^>]*>', form)]
        action = _attributes(re.findall(r"<form\b[^>]*>", form)[0])["action"]
        return self.post(action, {each["name"]: each["value"] for each in hidden} | fields)

    def session(self) -> dict[str, Any]:
        """`GET /session` as JSON."""
        answer = self.client.get(f"{self.public_url}/session", headers={"Accept": "application/json"})
        found: dict[str, Any] = answer.get_json()
        return found

    @property
    def error_code(self) -> str:
        """The error code of the page, empty on a page that is no refusal."""
        found = re.search(r'data-error-code="([a-z_]+)"', self.page.text if self.page else "")
        return found[1] if found else ""


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
