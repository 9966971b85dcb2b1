"""What can happen to one sign-on, how often it does, and how it must end.

Which case a sign-on is travels as its `login_hint`, the one word of a visitor's that reaches the provider: so a
thousand sign-ons at once can each meet a fault of their own.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.provider import plus_one
from tests.support.raw_http import Pairs
from tests.support.raw_server import Fault

HINT = "soak-"
DRIVEN = ("redirectless", "custom")
HOSTED, REDIRECTLESS, CUSTOM = ("hosted",), ("redirectless",), ("custom",)
ALL = HOSTED + DRIVEN
Tampering = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Case:
    """One case. `code` is how the sign-on is refused, empty when it must succeed."""

    name: str
    weight: float
    code: str = ""
    status: int = 502
    modes: tuple[str, ...] = ALL
    tamper: Tampering = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    sign: str = "rs256"
    extra: Pairs = ()
    elsewhere: bool = False
    """The authorization response is sent to another place."""
    early: bool = False
    """It ends at its start: our server could not begin it."""
    second_factor: bool = False
    """PingOne asks for a passcode after the password."""
    out_of_order: str = ""
    """How it is refused while the keys are out of order, which might have changed."""

    @property
    def codes(self) -> set[str]:
        """The refusals that are right."""
        return {self.code, self.out_of_order} - {""}


def _claim(name: str, weight: float, **claims: Any) -> Case:
    return Case(name, weight, "id_token_claim", tamper={"id_token": claims})


def _token(name: str, weight: float, code: str, status: int, fault: Fault) -> Case:
    return Case(name, weight, code, status, faults={"token": fault})


PLAIN = Case("plain", 60)
CASES = [
    PLAIN,
    # What visitors do; the visitor knows these by name.
    Case("abandoned", 8),
    Case("wrong_password", 4, modes=DRIVEN),
    Case("second_factor", 6, modes=DRIVEN, second_factor=True),
    Case("wrong_passcode", 2, modes=DRIVEN, second_factor=True),
    Case("parallel_callbacks", 3, modes=HOSTED),
    Case("callback_twice", 2, modes=HOSTED),
    Case("other_browser_first", 2, modes=HOSTED),
    # What PingOne says.
    Case("denied", 1.5, "refused", 400, tamper={"response": {"code": lambda right: "", "error": "access_denied"}}),
    _token("invalid_grant", 1, "token_refused", 502, http.status(400, body=b'{"error":"invalid_grant"}')),
    Case("flow_gone", 1, "flow_expired", 400, DRIVEN, faults={"check": http.status(404)}),
    Case("refresh_refused", 1, faults={"refresh": http.status(400, body=b'{"error":"invalid_grant"}')}),
    # What does not stand up to a check.
    _claim("iss_wrong", 1, iss=plus_one),
    _claim("aud_wrong", 1, aud=plus_one),
    _claim("nonce_wrong", 1, nonce=plus_one),
    _claim("at_hash_wrong", 1, at_hash=plus_one),
    _claim("expired", 1, exp=lambda right: right - 2 * 3600, iat=lambda right: right - 3 * 3600),
    Case("bitflip", 1, "id_token_signature", sign="bitflip", out_of_order="provider_error"),
    Case("unsigned", 1, "id_token_signature", sign="none"),
    Case("state_wrong", 1, "state_mismatch", 400, tamper={"response": {"state": plus_one}}),
    Case("issuer_foreign", 1, "issuer_mismatch", 400, tamper={"response": {"iss": "https://evil.example/as"}}),
    Case("code_twice", 1, "response_malformed", 400, HOSTED, extra=(("code", "another"),)),
    Case("sent_elsewhere", 1, "resume_foreign_location", 502, ("custom",), elsewhere=True),
    Case("refreshed_subject_wrong", 1, tamper={"refresh_id_token": {"sub": plus_one}}),
    Case("userinfo_subject_wrong", 1, tamper={"userinfo": {"sub": plus_one}}),
    # What the wire does.
    _token("token_500", 1, "provider_error", 502, http.status(500)),
    _token("token_503", 1, "provider_error", 502, http.status(503)),
    _token("token_429", 1, "provider_error", 503, http.status(429, ("Retry-After", "1"))),
    _token("captive_portal", 1, "provider_error", 502, http.html(200)),
    _token("reset", 1, "provider_unreachable", 503, wire.reset_before),
    _token("truncated", 1, "provider_unreachable", 503, wire.truncated),
    _token("gzip_bomb", 0.1, "provider_unreachable", 503, http.gzip_bomb),
    _token("not_http", 0.5, "provider_unreachable", 503, http.raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    _token("silence", 0.02, "provider_unreachable", 503, wire.late(20)),
    Case("late", 1, faults={"token": wire.late(0.3)}),
    Case("sliced", 0.2, faults={"token": wire.sliced}),
    Case("no_flow", 0.5, "provider_error", modes=REDIRECTLESS, faults={"authorize": http.status(503)}, early=True),
    Case("flow_portal", 0.5, "provider_error", modes=REDIRECTLESS, faults={"authorize": http.html(200)}, early=True),
    Case("flow_late", 0.5, modes=CUSTOM, faults={"flow": wire.late(0.3)}),
    Case("check_500", 0.5, "provider_error", modes=DRIVEN, faults={"check": http.status(500)}),
    Case("check_429", 0.5, "provider_error", 503, DRIVEN, faults={"check": http.status(429)}),
    Case("check_truncated", 0.2, "provider_unreachable", 503, DRIVEN, faults={"check": wire.truncated}),
    Case("resume_500", 0.5, "provider_error", modes=DRIVEN, faults={"resume": http.status(500)}),
    Case("resume_403", 0.5, "provider_error", modes=DRIVEN, faults={"resume": http.status(403)}),
    Case("resume_portal", 0.5, "provider_error", modes=DRIVEN, faults={"resume": http.html(200)}),
    Case("refresh_500", 0.5, faults={"refresh": http.status(500)}),
    Case("refresh_reset", 0.2, faults={"refresh": wire.reset_before}),
    Case("userinfo_500", 0.5, faults={"userinfo": http.status(500)}),
    Case("introspect_portal", 0.5, faults={"introspect": http.html(200)}),
    Case("revoke_500", 0.5, faults={"revoke": http.status(500)}),
    Case("cookies_many", 0.2, modes=DRIVEN, faults={"check": wire.cookies_many}),
]
TROUBLES = {
    "refresh_500": ("/session/refresh", 502, "provider_error"),
    "refresh_reset": ("/session/refresh", 503, "provider_unreachable"),
    "userinfo_500": ("/session/userinfo", 502, "provider_error"),
    "userinfo_subject_wrong": ("/session/userinfo", 502, "subject_changed"),
    "introspect_portal": ("/session/introspect", 502, "provider_error"),
    "revoke_500": ("/session/revoke", 502, "provider_error"),
}
"""What goes wrong after sign-on and leaves the session as it is."""
BY_NAME = {case.name: case for case in CASES}


def draw(chance: random.Random) -> tuple[str, Case]:
    """A mode, and a case that exists in it."""
    mode = chance.choices(ALL, (40, 35, 25))[0]
    possible = [case for case in CASES if mode in case.modes]
    return mode, chance.choices(possible, [case.weight for case in possible])[0]


def case_of(params: Mapping[str, str]) -> Case:
    """The case that an authorization request asks for."""
    return BY_NAME.get(params.get("login_hint", "").removeprefix(HINT), PLAIN)
