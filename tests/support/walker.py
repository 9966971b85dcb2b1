"""A browser without a window: follows redirects and sends forms between the application and its built-in simulator.

Both are called in memory, each under its own host name, so cookies stay on their own site as in a real browser.
"""

import re
from collections.abc import Mapping
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

    # -- walking --------------------------------------------------------------------------------------------------

    def get(self, url: str) -> TestResponse:
        """Open an address (`/…` is the application's) and follow where it leads."""
        return self._walk("GET", urljoin(self.public_url, url) if url.startswith("/") else url, {})

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
            if answer.status_code not in (301, 302, 303):
                return answer
            url, method, fields = urljoin(url, answer.headers["Location"]), "GET", {}
        raise AssertionError(f"a redirect loop, last at {url}")

    # -- signing on -----------------------------------------------------------------------------------------------

    def sign_on(self, mode: str, username: str = "sharedTestUser", password: str = PASSWORD) -> TestResponse:
        """Begin; where a form asks for a password, whoever draws it, fill it in."""
        answer = self.get(f"/sign-on/{mode}")
        found = re.search(r'<form\b[^>]*action="([^"]*)"(?:(?!</form>).)*?type="password"', answer.text, re.DOTALL)
        if answer.status_code != 200 or not found:
            return answer
        fields = {"username": username, "password": password}
        if not self.url.startswith(f"{self.public_url}/"):
            fields["action"] = "usernamePassword.check"
        return self.post(unescape(found[1]), fields)

    def session(self) -> dict[str, Any]:
        """`GET /session` as JSON."""
        answer = self.client.get("/session", base_url=self.public_url, headers={"Accept": "application/json"})
        found: dict[str, Any] = answer.get_json()
        return found

    @property
    def error_code(self) -> str:
        """The error code of the page, empty on a page that is no refusal."""
        found = re.search(r'data-error-code="([a-z_]+)"', self.page.text if self.page else "")
        return found[1] if found else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
