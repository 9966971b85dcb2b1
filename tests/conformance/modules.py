"""The 50 modules: what the provider does in each, and the verdict that the suite has to come to."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.conformance.suite import Suite, suite_keys
from tests.conformance.verdicts import (
    Judge,
    answers,
    discards,
    is_framed,
    leaves_nothing,
    may_stop,
    reads_metadata,
    renews,
    renews_keys,
    shows_claims,
    signs_off,
    signs_on_again,
    starts_elsewhere,
    stops,
    stops_after_refresh,
    uses,
)
from tests.support.provider import DELETE, plus_one

PREFIX = "oidcc-client-test"
Poison = Callable[[Suite], None]


@dataclass(frozen=True)
class Module:
    """One module of one plan. `expected` is the suite's verdict about this application."""

    plan: str
    name: str
    provider: str
    """What the provider does, in words."""
    judge: Judge = field(compare=False)
    expected: str = "PASSED"
    poison: Poison = field(default=lambda suite: None, compare=False)
    settings: dict[str, str] = field(default_factory=dict)
    random_jwks: bool = False

    @property
    def jwks(self) -> str:
        return f"jwks{secrets.token_hex(5)}" if self.random_jwks else "jwks"


def _id_token(**claims: object) -> Poison:
    return lambda suite: suite.tamper("id_token", **claims)


def _refreshed(**claims: object) -> Poison:
    return lambda suite: suite.tamper("refresh_id_token", **claims)


def _no_kid(*names: str) -> Poison:
    def poison(suite: Suite) -> None:
        suite.keys = suite_keys(*names, kids=False)
        suite.tamper("id_token_header", kid=DELETE)

    return poison


def _signed(way: str) -> Poison:
    return lambda suite: setattr(suite, "sign", way)


def _rs256_alone(suite: Suite) -> None:
    suite.tamper("discovery", id_token_signing_alg_values_supported=["RS256"])


def _away(**state: object) -> Poison:
    def poison(suite: Suite) -> None:
        suite.back = suite.front = True
        if state:
            suite.tamper("signoff", **state)

    return poison


def _logout(way: str = "rs256", **claims: object) -> Poison:
    def poison(suite: Suite) -> None:
        suite.back, suite.logout_way = True, way
        suite.logout_claims = lambda right: {
            name: value(right.get(name)) if callable(value) else value
            for name, value in {**right, **claims}.items()
            if value is not DELETE
        }

    return poison


def _framing(suite: Suite) -> None:
    suite.front = True


def _module(plan: str, ending: str, *rest: object, **more: object) -> Module:
    return Module(plan, PREFIX + ending, *rest, **more)  # type: ignore[arg-type]


_NONE = ("-idtoken-sig-none", "sends an unsigned ID token, as its metadata offer", may_stop, "SKIPPED", _signed("none"))
_BASIC = [
    ("", "is right in everything", uses),
    ("-invalid-iss", "names another issuer in the ID token", stops, "PASSED", _id_token(iss=plus_one)),
    ("-missing-sub", "leaves out sub", stops, "PASSED", _id_token(sub=DELETE)),
    ("-invalid-aud", "names another audience", stops, "PASSED", _id_token(aud=plus_one)),
    ("-missing-iat", "leaves out iat", stops, "PASSED", _id_token(iat=DELETE)),
    ("-kid-absent-single-jwks", "has one RSA key, and no kid anywhere", uses, "PASSED", _no_kid("first")),
    ("-kid-absent-multiple-jwks", "has three RSA keys, and no kid anywhere", stops, "PASSED",
     _no_kid("second", "third", "first")),
    ("-idtoken-sig-rs256", "signs with RS256 and offers nothing else", uses, "PASSED", _rs256_alone),
    _NONE,
    ("-invalid-sig-rs256", "spoils the signature", stops, "PASSED", _signed("bitflip")),
    ("-userinfo-invalid-sub", "answers userinfo about another user", discards, "PASSED",
     lambda suite: suite.tamper("userinfo", sub=lambda right: f"{right}invalid", email="foreign@example.com")),
    ("-nonce-invalid", "sends another nonce", stops, "PASSED", _id_token(nonce=plus_one)),
    ("-scope-userinfo-claims", "answers userinfo by scope", shows_claims),
    ("-client-secret-basic", "takes the secret by HTTP Basic alone", uses),
]  # fmt: skip
_BACK = "-rp-backchannel-rpinitlogout"
MODULES = [
    *(_module("Basic", *row) for row in _BASIC),
    *(_module("Form Post", *row, settings={"PINGONE_RESPONSE_MODE": "form_post"}) for row in _BASIC),
    _module("Config", "-discovery-openid-config", "is found by its metadata", reads_metadata),
    _module("Config", "-discovery-jwks-uri-keys", "has its keys at a new place in each run", reads_metadata,
            random_jwks=True),
    _module("Config", "-discovery-issuer-mismatch", "names another issuer in its metadata", leaves_nothing, "PASSED",
            lambda suite: suite.tamper("discovery", issuer=lambda right: f"{right}INVALID")),
    _module("Config", *_NONE),
    _module("Config", "-signing-key-rotation", "changes its keys between two sign-ons", signs_on_again),
    _module("Config", "-signing-key-rotation-just-before-signing", "changes its keys between two calls",
            renews_keys),
    _module("RP-initiated logout", "-rp-init-logout", "signs off, and tells so by both channels", signs_off, "PASSED",
            _away()),
    _module("RP-initiated logout", "-rp-init-logout-other-state", "brings another state back", signs_off, "PASSED",
            _away(state=lambda right: f"{right}invalid")),
    _module("RP-initiated logout", "-rp-init-logout-no-state", "brings no state back", signs_off, "PASSED",
            _away(state=DELETE)),
    _module("Front-channel logout", "-rp-frontchannel-rpinitlogout", "frames our sign-off address", is_framed,
            "REVIEW", _framing),
    _module("Back-channel logout", _BACK, "posts a right logout token", answers(200), "PASSED", _logout()),
    _module("Back-channel logout", f"{_BACK}-alg-none", "does not sign it", answers(400), "PASSED", _logout("none")),
    _module("Back-channel logout", f"{_BACK}-no-event", "leaves out events", answers(400), "PASSED",
            _logout(events=DELETE)),
    _module("Back-channel logout", f"{_BACK}-with-nonce", "puts a nonce in", answers(400), "PASSED",
            _logout(nonce="any")),
    _module("Back-channel logout", f"{_BACK}-wrong-alg", "signs with ES256", answers(400), "PASSED",
            _logout("es256")),
    _module("Back-channel logout", f"{_BACK}-wrong-aud", "names another audience", answers(400), "PASSED",
            _logout(aud=plus_one)),
    _module("Back-channel logout", f"{_BACK}-wrong-event", "names another event", answers(400), "PASSED",
            _logout(events={"http://schemas.openid.net/event/foobar": {}})),
    _module("Back-channel logout", f"{_BACK}-wrong-iss", "names another issuer", answers(400), "PASSED",
            _logout(iss=plus_one)),
    _module("Third-party-initiated login", "-3rd-party-init-login", "sends the visitor to initiate_login_uri",
            starts_elsewhere),
    _module("Refresh", "-refresh-token", "gives a new refresh token with each refresh", renews),
    _module("Refresh", "-refresh-token-invalid-issuer", "names another issuer in the refreshed ID token",
            stops_after_refresh, "PASSED", _refreshed(iss=plus_one)),
    _module("Refresh", "-refresh-token-invalid-sub", "names another user in the refreshed ID token",
            stops_after_refresh, "PASSED", _refreshed(sub=plus_one)),
]  # fmt: skip
