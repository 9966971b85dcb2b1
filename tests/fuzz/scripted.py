"""A PingOne that says what it is told to, in memory: honest where the test says nothing."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from tests.support.provider_keys import compact, key, left_half_hash

FLOW = "03ae87ab-173f-459f-8225-965d338735b8"
Answer = tuple[int, list[tuple[str, str]], bytes]


def answered(value: object, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """An answer with a JSON body."""
    return status, [("Content-Type", "application/json"), *headers], json.dumps(value).encode("ascii")


class Scripted:
    """A WSGI application mounted at `base`; `says[name]` replaces the honest answer of an endpoint."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.says: dict[str, Answer] = {}
        self.claims: dict[str, Any] = {}
        """Members of the ID token that are set or, with None, left out."""
        self.asked: list[str] = []
        self.sent: dict[str, str] = {}
        self.now: Callable[[], float] = lambda: 0.0

    def reset(self) -> None:
        """Honest again."""
        self.says, self.claims, self.asked = {}, {}, []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, last = environ["PATH_INFO"], environ["PATH_INFO"].rpartition("/")[2]
        name = {"openid-configuration": "discovery", FLOW: "act" if environ["REQUEST_METHOD"] == "POST" else "flow"}
        endpoint = name.get(last, last if "/flows/" not in path else "flow")
        self.asked.append(endpoint)
        if endpoint == "authorize":
            self.sent = dict(parse_qsl(environ["QUERY_STRING"]))
        honest = getattr(self, f"_{endpoint}", lambda: answered({}, 404))
        status, headers, body = self.says.get(endpoint) or honest()
        start_response(f"{status} Whatever", headers)
        return [body]

    def _discovery(self) -> Answer:
        issuer = f"{self.base}/as"
        names = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "end_session_endpoint": "signoff",
            "introspection_endpoint": "introspect",
            "revocation_endpoint": "revoke",
            "jwks_uri": "jwks",
        }
        return answered({"issuer": issuer, **{member: f"{issuer}/{path}" for member, path in names.items()}})

    def _jwks(self) -> Answer:
        return answered({"keys": [key("fuzz").public()]})

    def _authorize(self) -> Answer:
        return answered({"id": FLOW, "status": "USERNAME_PASSWORD_REQUIRED", "_links": {"usernamePassword.check": {}}})

    def _act(self) -> Answer:
        return answered({"id": FLOW, "status": "COMPLETED"}, 200, ("Set-Cookie", "ST=st-of-the-flow; Path=/"))

    _flow = _act

    def _resume(self) -> Answer:
        response = {"code": "code-of-the-flow", "state": self.sent.get("state", "")}
        return answered({"id": FLOW, "status": "COMPLETED", "authorizeResponse": response})

    def _token(self) -> Answer:
        tokens = {"access_token": "at", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "rt"}
        return answered({**tokens, "id_token": self.id_token()})

    _refresh = _token

    def id_token(self) -> str:
        """A right ID token for the last authorization request, but for what `claims` says."""
        now = int(self.now())
        right = {
            "iss": f"{self.base}/as",
            "sub": "somebody",
            "aud": self.sent.get("client_id"),
            "iat": now,
            "exp": now + 3600,
            "nonce": self.sent.get("nonce"),
            "at_hash": left_half_hash("at"),
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        return compact(claims, way="rs256", key=key("fuzz"))
