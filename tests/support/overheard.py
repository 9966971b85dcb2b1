"""A browser that keeps every answer, and a wire on which everything secret is overheard.

Both know nothing of how the application hides what it must hide: they collect the secrets where they travel.
"""

import base64
import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from tests.support.walker import Walker
from webapp.oidc.attempt import browser_of
from webapp.trace.story import Story
from webapp.wiring import Services

Application = Callable[..., Iterable[bytes]]
SECRETS = ("code", "state", "nonce", "code_verifier", "access_token", "refresh_token", "id_token", "client_assertion")
SHORTEST = 16
"""Shorter values turn up by chance."""


class Wire:
    """The secrets that passed between anybody and PingOne, by their name there."""

    def __init__(self) -> None:
        self.heard: dict[str, set[str]] = {}

    def __call__(self, app: Application) -> Application:
        """Return the same WSGI application, overheard."""

        def listening(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            request = Request(environ)
            sent = request.get_data(parse_form_data=False)
            environ["wsgi.input"] = io.BytesIO(sent)
            self._parameters([*request.args.items(), *parse_qsl(sent.decode("utf-8", "replace"))])
            self.keep("credentials", request.headers.get("Authorization", "").partition(" ")[2])

            def answering(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
                for name, value in headers:
                    if name == "Set-Cookie":
                        self.keep("ST", value.partition("=")[2].partition(";")[0])
                    if name == "Location":
                        self._parameters(parse_qsl(urlsplit(value).query))
                return start_response(status, headers, failure)

            body = b"".join(app(environ, answering))
            if body[:1] in (b"{", b"["):
                self._members(json.loads(body))
            return [body]

        vars(listening).update(extensions=getattr(app, "extensions", {}))
        return listening

    def keep(self, name: str, value: str) -> None:
        """Remember a value as secret."""
        if len(value) >= SHORTEST:
            self.heard.setdefault(name, set()).add(value)

    def _parameters(self, pairs: Iterable[tuple[str, str]]) -> None:
        for name, value in pairs:
            if name in SECRETS:
                self.keep(name, value)

    def _members(self, value: object) -> None:
        if isinstance(value, dict):
            # An error's `code` is a word that everybody may read.
            words = {"code"} if "message" in value else set()
            self._parameters((n, v) for n, v in value.items() if isinstance(v, str) and n not in words)
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._members(member)


class Reader(Walker):
    """Somebody who reads every answer of the application, headers included."""

    def __init__(self, services: Services, app: Flask, wire: Wire) -> None:
        super().__init__(app, services.settings.public_url, services.settings.simulator_base)
        self.services, self.wire = services, wire
        self.answers: list[tuple[str, TestResponse]] = []
        self.client.response_wrapper = self._keeping(self.client.response_wrapper)

    def _keeping(self, wrapper: type[TestResponse]) -> type[TestResponse]:
        answers, ours = self.answers, f"{self.public_url}/"

        class Kept(wrapper):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **named: Any) -> None:
                super().__init__(*args, **named)
                if self.request.url.startswith(ours):
                    answers.append((self.request.url, self))

        return Kept

    def another(self) -> "Reader":
        """Another browser in front of the same application."""
        return Reader(self.services, self.client.application, self.wire)

    def press(self, path: str, **fields: str) -> TestResponse:
        """Press a button on one of the application's own pages."""
        self.url = self.public_url
        return self.post(path, fields)

    def switch(self, **choice: object) -> None:
        """Choose a fault of the simulator, as its page does."""
        own = self.simulator_url.removesuffix("/simulator")
        assert self.client.post("/simulator/faults", base_url=own, json=choice).status_code == 200

    @property
    def trace(self) -> str:
        """The id of the story that the page at hand links to."""
        found = re.search(r'href="/traces/([^".]+)"', self.page.text if self.page else "")
        assert found, "the page links to no story"
        return found[1]

    def story(self) -> dict[str, Any]:
        """The record of that story, as it is stored: by itself, or in the attempt of a sign-on that goes on."""
        mine = browser_of({cookie.key: cookie.value for cookie in self.client._cookies.values()})
        record = self.services.traces.get(self.trace) or self.services.sign_on.turns.open_stories(mine).get(self.trace)
        assert record is not None
        return record

    def steps(self) -> list[Any]:
        """The steps of that story, as they are read."""
        return list(Story.from_record(self.story()).steps)


MakeReader = Callable[..., Reader]
"""Make a reader of an application of its own; keywords are settings."""


def forms_of(value: str) -> set[str]:
    """How a value may stand in a text: as it is, and in base64."""
    raw = value.encode()
    encoded = base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {value, *encoded}
