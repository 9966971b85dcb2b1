"""A visitor's browser in front of the application, with PingOne played by a provider over real sockets.

The application is called in memory through Flask's test client, which keeps its cookies; addresses at the
provider are fetched over the network, as a browser would. Nobody else is ever visited.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.provider import Provider
from tests.support.provider_answers import PASSWORD
from tests.support.provider_tokens import USERNAME

MODES = ("hosted", "redirectless", "custom")


@dataclass(frozen=True)
class Page:
    """What the browser shows in the end. `trail` lists the addresses on the way, the last one being its own."""

    status: int
    text: str
    headers: Mapping[str, str]
    trail: tuple[str, ...] = field(default=())

    @property
    def error_code(self) -> str:
        """The error code of the page, empty on a page that is no error page."""
        found = re.search(r'data-error-code="([a-z_]+)"', self.text)
        return found[1] if found else ""


class Browser:
    """One browser, with its own cookies."""

    def __init__(self, app: Flask, public_url: str, provider: Provider, ca: str = "") -> None:
        self.public_url = public_url
        self.provider = provider
        self.client = app.test_client()
        self._ca = ca

    def get(self, path: str, *, follow: bool = True, **headers: str) -> Page:
        """Visit an address of the application, and follow where it leads within it and the provider."""
        answer = self.client.get(path, base_url=self.public_url, headers=_named(headers))
        return self._arrive(urljoin(self.public_url, path), answer, follow)

    def post(self, path: str, data: Mapping[str, str] | None = None, *, follow: bool = True, **headers: str) -> Page:
        """Submit a form of the application's own, as the browser labels it."""
        sent = {"Origin": self.public_url, "Sec-Fetch-Site": "same-origin"} | _named(headers)
        answer = self.client.post(path, data=dict(data or {}), base_url=self.public_url, headers=sent)
        return self._arrive(urljoin(self.public_url, path), answer, follow)

    def start(self, mode: str, query: str = "") -> Page:
        """Begin, and stop at whatever comes first: a form, the session or an error."""
        return self.get(f"/sign-on/{mode}{query}")

    def sign_on(self, mode: str, query: str = "", password: str = PASSWORD) -> Page:
        """Begin and go on to the end, filling in the form where the application draws one."""
        page = self.start(mode, query)
        if mode == "hosted" or page.status != 200 or not page.trail[-1].startswith(f"{self.public_url}/sign-on/step/"):
            return page
        return self.submit(page, username=USERNAME, password=password)

    def submit(self, page: Page, **fields: str) -> Page:
        """Fill in the main form of a page and press its first button."""
        form = _main_form(page.text)
        target = urlsplit(urljoin(page.trail[-1], form.action))
        return self.post(target.path + (f"?{target.query}" if target.query else ""), form.fields | fields)

    def session(self) -> dict[str, Any]:
        """`GET /session` as JSON."""
        answer = self.client.get("/session", base_url=self.public_url, headers={"Accept": "application/json"})
        found: dict[str, Any] = answer.get_json()
        assert (200 if found["signed_in"] else 401) == answer.status_code
        return found

    @property
    def signed_in(self) -> bool:
        """Whether the application takes this browser for signed in."""
        return bool(self.session()["signed_in"])

    def _arrive(self, url: str, answer: TestResponse, follow: bool) -> Page:
        page = Page(answer.status_code, answer.get_data(as_text=True), dict(answer.headers), (url,))
        for _ in range(12):
            if follow and page.status == 200 and page.trail[-1].startswith(self.provider.server.origin):
                page = self._post_across(page)
            target = urljoin(page.trail[-1], page.headers.get("Location", ""))
            if not follow or page.status not in (301, 302, 303, 307, 308):
                return page
            if not self._known(target):
                return page
            page = self._visit(target, page.trail)
        raise AssertionError(f"a redirect loop: {page.trail}")

    def _post_across(self, page: Page) -> Page:
        """Post the provider's form to us as a browser does from another site: without our SameSite=Lax cookies."""
        tags = re.findall(r"<(?:form|input)\b[^>]*>", page.text)
        action = _attributes(tags[0])["action"]
        if not self._known(action):
            return page
        fields = {each["name"]: each["value"] for each in map(_attributes, tags[1:]) if each.get("type") == "hidden"}
        sent = {"Origin": self.provider.server.origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        elsewhere = self.client.application.test_client(use_cookies=False)
        ours = elsewhere.post(urlsplit(action).path, data=fields, base_url=self.public_url, headers=sent)
        assert [] == ours.headers.getlist("Set-Cookie"), "a request without our cookies changes them"
        return Page(ours.status_code, ours.get_data(as_text=True), dict(ours.headers), (*page.trail, action))

    def _known(self, url: str) -> bool:
        return url.startswith((f"{self.public_url}/", f"{self.provider.server.origin}/"))

    def _visit(self, url: str, trail: tuple[str, ...]) -> Page:
        if url.startswith(f"{self.public_url}/"):
            ours = self.client.get(url.removeprefix(self.public_url), base_url=self.public_url)
            return Page(ours.status_code, ours.get_data(as_text=True), dict(ours.headers), (*trail, url))
        with requests.Session() as http:
            http.trust_env = False
            theirs = http.get(url, allow_redirects=False, timeout=5, verify=self._ca or True)
        return Page(theirs.status_code, theirs.text, theirs.headers, (*trail, url))


@dataclass(frozen=True)
class _Form:
    action: str
    fields: dict[str, str]


def _main_form(html: str) -> _Form:
    """The form that asks for a password, with its hidden fields and its first button's value."""
    forms = [form for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL) if 'type="password"' in form]
    assert forms, f"no form asks for a password here: {html[:2000]}"
    tags = re.findall(r"<(?:form|input|button)\b[^>]*>", forms[0])
    hidden = [_attributes(tag) for tag in tags if tag.startswith("<input") and 'type="hidden"' in tag]
    buttons = [_attributes(tag) for tag in tags if tag.startswith("<button")]
    named = hidden + [button for button in buttons if "name" in button][:1]
    fields = {each["name"]: each.get("value", "") for each in named}
    return _Form(_attributes(tags[0]).get("action", ""), fields)


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
