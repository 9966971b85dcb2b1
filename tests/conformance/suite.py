"""A provider that looks and behaves like the OpenID Foundation's conformance suite when it tests a relying party.

Read from the suite's sources (https://gitlab.com/openid/conformance-suite, package `openid.client`): an issuer with a
path and a last slash, metadata that offer everything, eight keys of which one signs, client_secret_basic, no PKCE of
its own (but S256 is checked when it is sent), and an end_session_endpoint that calls the relying party back.
"""

import json
import time
import uuid
from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tests.support.provider import DELETE, Provider
from tests.support.provider_answers import Answers
from tests.support.provider_keys import base64url, compact, key, unbase64url
from tests.support.raw_http import Answer, Request
from tests.support.web import WebBrowser

PATH = "/test/a/pingone-signon/"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
SECRET = "conformance:secret+with/odd%characters"
OFFERED = {
    "scopes_supported": ["openid", "phone", "profile", "email", "address", "offline_access"],
    "response_types_supported": ["code", "id_token code", "token code id_token", "id_token", "token id_token"],
    "response_modes_supported": ["query", "fragment", "form_post"],
    "id_token_signing_alg_values_supported": ["none", "RS256", "RS384", "PS256", "ES256", "EdDSA", "HS256"],
    "subject_types_supported": ["public", "pairwise"],
    "claims_parameter_supported": True,
    "code_challenge_methods_supported": DELETE,
    "pushed_authorization_request_endpoint": DELETE,
    "require_pushed_authorization_requests": DELETE,
    "introspection_endpoint": DELETE,
    "revocation_endpoint": DELETE,
}
Claims = dict[str, Any]


class Suite(Provider):
    """One test of the suite: the provider, and what it remembers of sign-off."""

    def __init__(self, rp: str, jwks: str = "jwks") -> None:
        """`rp` is the relying party's URL, `jwks` the path of the keys, which one module makes up for each run."""
        self.rp = rp
        paths = {"jwks": jwks, "signoff": "end_session_endpoint"}
        super().__init__(rp, paths=paths)
        self.register(auth_method="client_secret_basic", secret=SECRET)

    def reset(self) -> None:
        super().reset()
        self.keys = suite_keys("first")
        self.tamper("discovery", **OFFERED)
        # As the suite makes it: with the nonce of the sign-on, without auth_time.
        self.tamper("refresh_id_token", nonce=lambda _: self.last_nonce, auth_time=DELETE)
        self.front, self.back = False, False
        self.logout_claims: Callable[[Claims], Claims] = dict
        self.logout_way = "rs256"
        self.told: list[tuple[int, str]] = []
        self._answers = _SuiteAnswers(self)

    @property
    def issuer(self) -> str:
        """With its last slash, which is part of it."""
        return f"{self.server.origin}{PATH}"

    def url(self, name: str) -> str:
        return f"{self.issuer}{self.paths[name]}"

    @property
    def last_nonce(self) -> str:
        return self.ledger.of("authorize")[-1].params["nonce"]

    def rotate(self, name: str) -> None:
        """Sign with another key from now on, and publish that one alone."""
        self.signing_key, self.keys = key(name), suite_keys(name)

    def _endpoint(self, request: Request) -> str:
        if request.path == f"{PATH}.well-known/openid-configuration":
            return "discovery"
        name = {f"{PATH}{path}": name for name, path in self.paths.items()}.get(request.path, "unknown")
        return "refresh" if name == "token" and request.params.get("grant_type") == "refresh_token" else name


class _SuiteAnswers(Answers):
    """What the suite answers in its own way."""

    provider: Suite

    def signoff(self, request: Request) -> Answer:
        """Check the request, call the relying party back as it is registered, and send the browser home."""
        suite, params = self.provider, request.params
        if params.get("id_token_hint") not in suite.planted:
            suite.complain("id_token_hint is not an ID token of ours")
        home = params.get("post_logout_redirect_uri", "")
        if home != f"{suite.rp}/signed-off":
            suite.complain(f"post_logout_redirect_uri {home}")
        if not params.get("state"):
            suite.complain("sign-off without state")
        claims = _claims_of(params.get("id_token_hint", ""))
        if suite.back:
            token = self._logout_token(claims)
            form = {"logout_token": token, "ignored_parameter": "which must be ignored"}
            page = WebBrowser().submit(f"{suite.rp}/back-channel-sign-off", form, suite.server.origin)
            suite.told.append((page.status, page.header("Cache-Control")))
        state = suite.tampered("signoff", {"state": params.get("state", "")})
        back = f"{home}?{urlencode(state)}" if state else home
        if not suite.front:
            return Answer(302, (("Location", back),))
        query = urlencode({"iss": suite.issuer, "sid": claims.get("sid", "")})
        frame = f'<iframe src="{escape(suite.rp)}/front-channel-sign-off?{escape(query)}"></iframe>'
        page = f'<!doctype html>{frame}<a href="{escape(back)}">back</a>'
        return Answer(200, (("Content-Type", "text/html"),), page.encode())

    def _logout_token(self, hint: Claims) -> str:
        suite, now = self.provider, int(time.time())
        right = {
            "iss": suite.issuer,
            "sub": hint.get("sub"),
            "aud": suite.client.client_id,
            "jti": str(uuid.uuid4()),
            "sid": hint.get("sid"),
            "events": {EVENT: {}},
            "iat": now,
            "exp": now + 120,
            "ignored_claim": "Logout Tokens MAY contain other Claims.",
        }
        header = {"kid": suite.signing_key.kid}
        return compact(suite.logout_claims(right), way=suite.logout_way, key=suite.signing_key, header=header)


def _claims_of(token: str) -> Claims:
    parts = token.split(".")
    found: Claims = json.loads(unbase64url(parts[1])) if len(parts) == 3 else {}
    return found


@cache
def _others() -> tuple[dict[str, str], ...]:
    """The keys beside the one that signs: other curves, and two for encryption that must be passed over."""
    encryption = key("encryption")
    numbers = ec.generate_private_key(ec.SECP256K1()).public_key().public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    okp = base64url(ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    return (
        key("spare").public_ec(),
        {"kty": "EC", "crv": "secp256k1", "use": "sig", "kid": "k-1", "x": x, "y": y},
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "o-1", "x": okp},
        encryption.public() | {"use": "enc", "alg": "RSA-OAEP"},
        encryption.public_ec() | {"use": "enc", "alg": "ECDH-ES", "kid": "e-1"},
    )


def suite_keys(*names: str, kids: bool = True) -> list[dict[str, Any]]:
    """A key set: the RSA keys of these names, and the others. Without kids the signing ones carry none."""
    keys = [key(name).public() for name in names] + [dict(each) for each in _others()]
    return keys if kids else [_without_kid(each) if each["use"] == "sig" else each for each in keys]


def _without_kid(jwk: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name != "kid"}
