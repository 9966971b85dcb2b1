"""A person with a browser in front of servers that really listen; a server that dies is noticed, not repaired."""

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

HOPS = 12


@dataclass(frozen=True)
class Shown:
    """What the browser shows. `status` is 0 when the connection broke and there is nothing to show."""

    status: int
    url: str
    text: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class Person:
    """Cookies belong to host names, as in a browser: the application is `localhost`, the provider 127.0.0.1."""

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url
        self.http = requests.Session()
        self.http.trust_env = False

    def get(self, url: str, **headers: str) -> Shown:
        return self._go("GET", urljoin(self.public_url, url), {}, headers)

    def post(self, url: str, fields: dict[str, str] | None = None) -> Shown:
        """Send a form of the page's own site."""
        target = urljoin(self.public_url, url)
        origin = "://".join(urlsplit(target)[:2])
        return self._go("POST", target, fields or {}, {"Origin": origin, "Sec-Fetch-Site": "same-origin"})

    def sign_on(self, mode: str, username: str, password: str) -> Shown:
        """From the start to the end, filling in whichever form asks for a password."""
        page = self.get(f"/sign-on/{mode}")
        if page.status != 200 or 'type="password"' not in page.text:
            return page
        action, fields = password_form(page.text)
        return self.post(urljoin(page.url, action), fields | {"username": username, "password": password})

    def session(self) -> dict[str, Any] | None:
        """`GET /session` as JSON; None when the server said neither yes nor no."""
        page = self.get("/session", Accept="application/json")
        return json.loads(page.text) if page.status in (200, 401) else None

    @property
    def signed_in(self) -> bool:
        session = self.session()
        assert session is not None, "the server does not answer"
        return bool(session["signed_in"])

    def cookies(self) -> dict[str, str]:
        """The cookies for the application."""
        return {each.name: each.value or "" for each in self.http.cookies if "localhost" in each.domain}

    def begun(self) -> set[str]:
        """The handles of the attempts that this browser began; each names the story of its sign-on."""
        return {name.removeprefix("so.") for name in self.cookies() if name.startswith("so.")}

    def close(self) -> None:
        self.http.close()

    def _go(self, method: str, url: str, fields: dict[str, str], headers: dict[str, str]) -> Shown:
        for _ in range(HOPS):
            try:
                answer = self.http.request(
                    method, url, data=fields or None, headers=headers, allow_redirects=False, timeout=30
                )
            except requests.ConnectionError:
                return Shown(0, url, "")
            if answer.status_code not in (302, 303):
                return Shown(answer.status_code, url, answer.text)
            url = urljoin(url, answer.headers["Location"])
            method, fields = "GET", {}
            headers = {name: value for name, value in headers.items() if name == "Accept"}
        raise AssertionError(f"a redirect loop at {url}")


def password_form(html: str) -> tuple[str, dict[str, str]]:
    """The action and the fields of the first form that asks for a password, sent by the Enter key.

    That presses the first button, and only the first one's name is sent: the others are other ways on.
    """
    form = next(each for each in re.findall(r"<form\b.*?</form>", html, re.DOTALL) if 'type="password"' in each)
    tags = [_attributes(tag) | {"tag": tag[1:6]} for tag in re.findall(r"<(?:form|input|button)\b[^>]*>", form)]
    sent = [tag for tag in tags if tag["tag"] == "input" and tag.get("type") == "hidden"]
    sent += [tag for tag in tags if tag["tag"] == "butto"][:1]
    return tags[0].get("action", ""), {tag["name"]: tag.get("value", "") for tag in sent if "name" in tag}


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
