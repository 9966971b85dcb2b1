"""An OpenID provider in PingOne's manner that lies on request, over real sockets.

It shares no code with the application. Every test says what to poison:

    provider.tamper("id_token", iss=plus_one)           # the right value plus "1"
    provider.tamper("token", expires_in=DELETE)
    provider.sign = "none"
    provider.faults["jwks"] = provider_wire.reset_in_body

and then reads `provider.ledger` to see what the application still dared to ask. `provider.complaints` lists
what was wrong with the application's own requests; it must stay empty in every test.
"""

import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.support.provider_answers import Answers
from tests.support.provider_grants import Client
from tests.support.provider_keys import Key, key
from tests.support.provider_ledger import Ledger
from tests.support.raw_http import Answer, Pairs, Request
from tests.support.raw_server import Fault, RawServer, Wire

DELETE = object()
CLIENT_ID = "5b0d4e1c-61cc-4d0c-9d3a-4a2a36a5b7e1"
CUSTOM_CLIENT_ID = "9f6a9c70-2d5c-4c44-8d0e-0a8b7f0a7c3d"
ENVIRONMENT_ID = "c2d3e4f5-1111-4222-8333-444455556666"

# Everything behind /as/; the flow endpoints are addressed by their own path.
NAMES = ("authorize", "par", "token", "userinfo", "jwks", "signoff", "introspect", "revoke", "resume")


def plus_one(right: Any) -> str:
    """The right value plus "1": defeats checks by prefix, by substring and with `in`."""
    return f"{right}1"


class Provider:
    """The provider and its knobs; `reset` brings the truth back."""

    def __init__(self, public_url: str, tls: ssl.SSLContext | None = None, paths: dict[str, str] | None = None):
        """`public_url` is the relying party's; `paths` renames endpoints (`{"token": "t-17"}`)."""
        self.client = Client(CLIENT_ID, CUSTOM_CLIENT_ID, (f"{public_url}/callback",), f"{public_url}/sign-on/page")
        self.environment_id = ENVIRONMENT_ID
        self.paths = {name: name for name in NAMES} | (paths or {})
        self.sends_iss = self.advertises_iss = False
        self.reset()
        self.server = RawServer(self._answer, tls)

    def reset(self) -> None:
        """Honest again, with an empty ledger; registration and what metadata say about `iss` stay."""
        self.ledger = Ledger()
        self.complaints: list[str] = []
        self.planted: set[str] = set()
        self.faults: dict[str, Fault] = {}
        self.before: dict[str, Callable[[], None]] = {}
        self.response_extra: Pairs = ()
        self.flow_cookies: Pairs = ()
        self.sign = "rs256"
        self.second_factor = False
        self.signing_key: Key = key("first")
        self.keys: list[dict[str, Any]] | None = None
        self.relocate: Callable[[str], str] = str
        self.finished_id_token: Callable[[str], str] = str
        self._tampering: dict[str, dict[str, Any]] = {}
        self._answers = Answers(self)

    @property
    def base_url(self) -> str:
        """What the application is configured with."""
        return f"{self.server.origin}/{self.environment_id}"

    @property
    def issuer(self) -> str:
        """The one true issuer."""
        return f"{self.base_url}/as"

    def url(self, name: str) -> str:
        """The address of an endpoint as discovery states it."""
        return f"{self.issuer}/{self.paths[name]}"

    @property
    def canary(self) -> str:
        """The same server under another name, hence another origin; no call may ever arrive there."""
        return self.server.origin.replace("127.0.0.1", "localhost") + "/canary"

    def tamper(self, what: str, /, **members: Any) -> None:
        """Set members of one answer: a value, a function of the right value, or DELETE.

        Answers: discovery, jwks, par, response (the authorization response), flow, check, check_error,
        resume, token, refresh, id_token, refresh_id_token, id_token_header, userinfo, introspect, signoff.
        """
        self._tampering.setdefault(what, {}).update(members)

    def tampered(self, what: str, right: dict[str, Any]) -> dict[str, Any]:
        """The answer after tampering."""
        wrong = dict(right)
        for name, value in self._tampering.get(what, {}).items():
            if value is DELETE:
                wrong.pop(name, None)
            else:
                wrong[name] = value(right.get(name)) if callable(value) else value
        return wrong

    def register(self, **changes: Any) -> None:
        """Change how the relying party is registered (`auth_method`, `secret`, `client_id` ...)."""
        self.client = replace(self.client, **changes)

    def served_keys(self) -> list[dict[str, Any]]:
        """The JWKS: `keys` if set, else the signing key alone."""
        return [self.signing_key.public()] if self.keys is None else self.keys

    def plant(self, secret: str) -> str:
        """Remember a secret that must show up in no page and no log."""
        self.planted.add(secret)
        return secret

    def complain(self, *complaints: str) -> None:
        """Note what was wrong with a request of the application."""
        self.complaints.extend(complaints)

    def vanish_after(self, endpoint: str) -> None:
        """Answer that endpoint once more, then refuse connections until `return_`."""

        def down(wire: Wire, answer: Answer) -> bool:
            self.server.down(keep=wire.connection)
            wire.send(answer.with_headers(("Connection", "close")).head() + answer.body)
            return False

        self.faults[endpoint] = down

    def return_(self) -> None:
        """Listen again and serve everything."""
        self.faults.clear()
        self.server.up()

    def _endpoint(self, request: Request) -> str:
        base = f"/{self.environment_id}"
        if request.path == f"{base}/as/.well-known/openid-configuration":
            return "discovery"
        if request.path.startswith(f"{base}/flows/"):
            return "check" if request.method == "POST" else "flow"
        by_path = {f"{base}/as/{path}": name for name, path in self.paths.items()}
        name = by_path.get(request.path, "canary" if request.path.startswith("/canary") else "unknown")
        return "refresh" if name == "token" and request.params.get("grant_type") == "refresh_token" else name

    def _answer(self, request: Request) -> Answer:
        endpoint = self._endpoint(request)
        self.ledger.enter(endpoint, request)
        self.before.pop(endpoint, lambda: None)()
        if endpoint == "unknown":
            self.complain(f"a call to {request.path}")
            return Answer(404)
        answer: Answer = getattr(self._answers, endpoint)(request)
        return replace(answer, fault=self.faults.get(endpoint))


@contextmanager
def providing(
    public_url: str, tls: ssl.SSLContext | None = None, paths: dict[str, str] | None = None
) -> Iterator[Provider]:
    """A provider for the length of a `with` block."""
    provider = Provider(public_url, tls, paths)
    try:
        yield provider
    finally:
        provider.server.stop()


def random_paths() -> dict[str, str]:
    """Endpoint names that nobody can have written down beforehand; resume is PingOne's own and stays."""
    return {name: f"{name}-{uuid.uuid4().hex[:8]}" for name in NAMES if name != "resume"}
