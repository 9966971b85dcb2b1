"""Where an attack happens: PingOne, one application, and the browsers of Alice and Mallory, all over real HTTP.

The provider is honest until a script makes it lie. It knows the two persons by a cookie of its own, PingOne's session
so to speak, compares PKCE's verifier when a challenge came, and redeems a code once.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from config import Settings
from tests.attacks.twins import bare, quickstart
from tests.support.provider import Provider
from tests.support.provider_answers import Answers
from tests.support.provider_grants import Flow
from tests.support.provider_keys import base64url
from tests.support.provider_tokens import SUBJECT
from tests.support.raw_http import Answer, Request, json_answer
from tests.support.web import Page, WebBrowser, served
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore

SECRET = "the-secret-of-the-application"
SUBJECTS = {"alice": SUBJECT, "mallory": "6d616c6c-6f72-4900-8000-00000000beef"}
EMAILS = {name: f"{name}@example.com" for name in SUBJECTS}
NAMES = {subject: name for name, subject in SUBJECTS.items()}
quickstart.PERSONS.update({email: name for name, email in EMAILS.items()})
bare.PERSONS.update(NAMES)


class Cast(Provider):
    """PingOne for two persons. `emails` is what each has entered as e-mail address."""

    def reset(self) -> None:
        super().reset()
        self.emails = dict(EMAILS)
        self.register(auth_method="client_secret_post", secret=SECRET)
        self._answers = _CastAnswers(self)

    def tampered(self, what: str, right: dict[str, Any]) -> dict[str, Any]:
        if what in ("id_token", "refresh_id_token", "userinfo"):
            name = NAMES[right["sub"]]
            right = right | {"email": self.emails[name], "preferred_username": name}
        return super().tampered(what, right)


class _CastAnswers(Answers):
    """The person whose PingOne session this browser has is signed on without a page."""

    provider: Cast

    def authorize(self, request: Request) -> Answer:
        self._person = request.cookies.get("who", "alice")
        return super().authorize(request)

    def _response(self, flow: Flow) -> list[tuple[str, str]]:
        pairs = super()._response(flow)
        self.codes[list(self.codes)[-1]].subject = SUBJECTS[self._person]
        return pairs

    def token(self, request: Request) -> Answer:
        grant = self.codes.get(request.params.get("code", ""))
        if grant is not None:
            challenge = grant.params.get("code_challenge")
            made = base64url(hashlib.sha256(request.params.get("code_verifier", "").encode()).digest())
            if grant.used or (challenge and challenge != made):
                return json_answer({"error": "invalid_grant"}, 400)
        return super().token(request)


@dataclass
class Stage:
    """One application, `twin` or ours, and everybody who matters to an attack on it."""

    url: str
    cast: Cast
    ours: bool
    alice: WebBrowser
    mallory: WebBrowser
    pages: list[Page] = field(default_factory=list)
    """What both browsers were shown, in order."""
    partner: Cast | None = None
    """A second provider that the twin trusts, and Mallory runs."""

    @property
    def callback(self) -> str:
        return f"{self.url}/callback"

    def start(self, wish: str = "", **more: str) -> str:
        """The address of a sign-on that leads to `wish` afterwards."""
        path, name = ("/sign-on/hosted", "return_to") if self.ours else ("/login", "next")
        pairs = [f"{key}={value}" for key, value in {name: wish, **more}.items() if value]
        return f"{self.url}{path}" + (f"?{'&'.join(pairs)}" if pairs else "")

    def sign_on(self, browser: WebBrowser, wish: str = "") -> Page:
        return browser.visit(self.start(wish), self.url)

    def answer_for(self, browser: WebBrowser, **more: str) -> str:
        """Let PingOne answer, and keep the browser from bringing the answer to the application; return its address."""
        browser.stop_at = self.callback
        page = browser.visit(self.start(**more), self.url)
        browser.stop_at = ""
        return page.trail[-1]

    def profile(self, browser: WebBrowser) -> Page:
        """The page that asks userinfo."""
        if self.ours:
            return browser.submit(f"{self.url}/session/userinfo", {}, self.url)
        return browser.visit(f"{self.url}/profile", self.url)

    def sign_off(self, browser: WebBrowser) -> Page:
        """Press the button, or follow the link, on the application's own page."""
        if self.ours:
            return browser.submit(f"{self.url}/sign-off", {}, self.url)
        return browser.visit(f"{self.url}/logout", self.url)

    @property
    def sign_off_address(self) -> str:
        return f"{self.url}{'/sign-off' if self.ours else '/logout'}"

    def who(self, browser: WebBrowser) -> str:
        """Whom the application takes this browser for; empty for nobody."""
        if not self.ours:
            return browser.visit(f"{self.url}/", self.url).text
        return NAMES.get(browser.json(f"{self.url}/session").get("subject", ""), "")


@contextmanager
def staged(name: str, folder: Path) -> Iterator[Stage]:
    """The stage with `quickstart`, `bare` or `ours` on it."""
    with ExitStack() as stack:
        casts: list[Cast] = []

        def make(url: str) -> Any:
            casts.extend(Cast(url) for _ in range(2 if name == "quickstart" else 1))
            for each in casts:
                stack.callback(each.server.stop)
            return _MAKERS[name](url, casts, folder, stack)

        url = stack.enter_context(served(make))
        pages: list[Page] = []
        browsers = [WebBrowser(pages=pages), WebBrowser(pages=pages)]
        for browser, person in zip(browsers, SUBJECTS, strict=True):
            browser.plant("127.0.0.1", "who", person)
        yield Stage(url, casts[0], name == "ours", *browsers, pages, casts[1] if len(casts) > 1 else None)


def _quiet(app: Flask) -> Flask:
    app.logger.disabled = True  # What a twin prints while it is attacked is of no interest.
    return app


def _quickstart(url: str, casts: list[Cast], folder: Path, stack: ExitStack) -> Any:
    issuers = {"pingone": casts[0].issuer, "partner": casts[1].issuer}
    return _quiet(quickstart.create_app(url, issuers, casts[0].client.client_id, SECRET, folder))


def _bare(url: str, casts: list[Cast], folder: Path, stack: ExitStack) -> Any:
    return _quiet(bare.create_app(url, casts[0].issuer, casts[0].client.client_id, SECRET))


def _ours(url: str, casts: list[Cast], folder: Path, stack: ExitStack) -> Any:
    environ = {
        "PINGONE_AUTH_BASE_URL": casts[0].base_url,
        "PINGONE_CLIENT_ID": casts[0].client.client_id,
        "PINGONE_CLIENT_SECRET": SECRET,
        "PINGONE_TOKEN_AUTH_METHOD": "client_secret_post",
        "PUBLIC_URL": url,
        "SECRET_KEY": "attacks-attacks-attacks-attacks-0001",
        "INSTANCE_PATH": str(folder),
        "LOG_LEVEL": "error",
    }
    services = wiring.build(Settings.from_env(environ), store=MemoryStore())
    stack.callback(services.close)
    return create_app(services=services)


_MAKERS: dict[str, Callable[..., Any]] = {"quickstart": _quickstart, "bare": _bare, "ours": _ours}
