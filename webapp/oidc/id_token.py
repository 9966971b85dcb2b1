"""The ID token's claims against what this sign-on expects, by the rules of OpenID Connect Core 1.0, section 3.1.3.7.

Sending and checking are apart: these functions are pure, take the time as an argument and return every check
they made. The signature comes first and is `keys.verified_claims`.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .checks import Check, fingerprint, same
from .errors import IdTokenClaim, SubjectChanged

CORE = "https://openid.net/specs/openid-connect-core-1_0.html"
VALIDATION = f"{CORE}#IDTokenValidation"
LEEWAY = 30
"""Seconds by which two clocks may differ."""
OLDEST = 3600
"""Seconds since `iat` after which a token that should be minutes old is treated as replayed."""
END_OF_TIME = 253_402_300_800
"""The year 10000: no plausible time is later, and infinity would pass every comparison."""


@dataclass(frozen=True)
class Expected:
    """What this sign-on asked for. Empty strings and None mean that nothing was requested.

    `max_age` is in seconds, `access_token` and `code` are what `at_hash` and `c_hash` must fit.
    """

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    max_age: int | None = None
    fresh_since: float | None = None
    """`prompt=login` was asked at this time (seconds, UTC): the sign-on must be younger."""
    acr_values: tuple[str, ...] = ()
    access_token: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    subject: str = ""
    """The person who is signed on already: set for a refreshed token, whose nonce may be absent (Core 12.2)."""
    auth_time: object = None
    """`auth_time` of the first ID token, for a refreshed one."""
    fresh: bool = False
    """Whether the first request asked for a fresh sign-on (`max_age`, `prompt=login`); `auth_time` then stays."""

    @property
    def refreshed(self) -> bool:
        """Whether the token came from a refresh."""
        return bool(self.subject)


def check_claims(
    claims: Mapping[str, Any], expected: Expected, now: float, made: tuple[Check, ...] = ()
) -> tuple[Check, ...]:
    """Return the checks made, all passed; raise `IdTokenClaim` with the first that failed, and all of them.

    `claims` are those of a token whose signature was verified; `made` is the check that did. `now` is seconds since
    1970, UTC. Raises `SubjectChanged` for a refreshed token about another user.
    https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
    """
    checks = [
        *made,
        _issuer(claims, expected),
        _audience(claims, expected),
        _authorized_party(claims, expected),
        _expiry(claims, now),
        _issued(claims, now),
        *_not_before(claims, now),
        _subject(claims),
    ]
    if not expected.refreshed or "nonce" in claims:
        checks.append(_nonce(claims, expected))
    checks += [*_session(claims, expected, now), *_hashes(claims, expected)]
    for check in checks:
        if not check.passed:
            raise IdTokenClaim(f"{check.name}: {check.actual}", check=check, checks=checks)
    if expected.subject and not same(claims["sub"], expected.subject):
        check = Check("sub", "the signed-on person", "another user", False, f"{CORE}#RefreshTokenResponse")
        raise SubjectChanged("sub differs after refresh", check=check, checks=(*checks, check))
    return tuple(checks)


def _issuer(claims: Mapping[str, Any], expected: Expected) -> Check:
    actual = claims.get("iss")
    return Check("iss", expected.issuer, _shown(actual), actual == expected.issuer, VALIDATION)


def _audience(claims: Mapping[str, Any], expected: Expected) -> Check:
    """The audience is this application and nobody else: with a second audience another party could use the token.

    The type is looked at first: `"rp" in "evil-rp-x"` is true for strings.
    """
    actual = claims.get("aud")
    passed = actual == expected.client_id or actual == [expected.client_id]
    return Check("aud", expected.client_id, _shown(actual), passed, VALIDATION)


def _authorized_party(claims: Mapping[str, Any], expected: Expected) -> Check:
    actual = claims.get("azp")
    passed = "azp" not in claims or actual == expected.client_id
    return Check("azp", f"{expected.client_id} or absent", _shown(actual), passed, VALIDATION)


def _expiry(claims: Mapping[str, Any], now: float) -> Check:
    expires = moment(claims.get("exp"))
    passed = expires is not None and now < expires + LEEWAY
    return Check("exp", f"after {int(now)}", _shown(claims.get("exp")), passed, VALIDATION)


def _issued(claims: Mapping[str, Any], now: float) -> Check:
    issued = moment(claims.get("iat"))
    passed = issued is not None and now - OLDEST - LEEWAY <= issued <= now + LEEWAY
    return Check("iat", f"no more than one hour before {int(now)}", _shown(claims.get("iat")), passed, VALIDATION)


def _not_before(claims: Mapping[str, Any], now: float) -> list[Check]:
    if "nbf" not in claims:
        return []
    starts = moment(claims["nbf"])
    passed = starts is not None and starts <= now + LEEWAY
    source = "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5"
    return [Check("nbf", f"not after {int(now)}", _shown(claims["nbf"]), passed, source)]


def _subject(claims: Mapping[str, Any]) -> Check:
    """A NUL ends the string for one database and not for another; nothing but spaces looks like nobody."""
    actual = claims.get("sub")
    passed = isinstance(actual, str) and len(actual) <= 255 and actual.isprintable() and bool(actual.strip())
    return Check("sub", "1 to 255 printable characters", _shown(actual), passed, f"{CORE}#IDToken")


def _nonce(claims: Mapping[str, Any], expected: Expected) -> Check:
    actual = claims.get("nonce")
    passed = isinstance(actual, str) and bool(expected.nonce) and same(actual, expected.nonce)
    shown = fingerprint(actual) if isinstance(actual, str) else _kind(actual)
    return Check("nonce", fingerprint(expected.nonce), shown, passed, f"{CORE}#NonceNotes")


def _session(claims: Mapping[str, Any], expected: Expected, now: float) -> list[Check]:
    """`auth_time` and `acr` count only where the request asked: one that nobody asked for is not reliable."""
    checks = []
    signed_on = moment(claims.get("auth_time"))
    if expected.max_age is not None:
        passed = signed_on is not None and now - expected.max_age - LEEWAY <= signed_on <= now + LEEWAY
        wanted = f"at most {expected.max_age} s ago"
        checks.append(Check("auth_time", wanted, _shown(claims.get("auth_time")), passed, VALIDATION))
    if expected.fresh_since is not None:
        passed = signed_on is not None and expected.fresh_since - LEEWAY <= signed_on <= now + LEEWAY
        wanted = f"a sign-on after {int(expected.fresh_since)}, as prompt=login asked"
        checks.append(Check("auth_time", wanted, _shown(claims.get("auth_time")), passed, VALIDATION))
    if expected.acr_values:
        wanted, actual = " or ".join(expected.acr_values), claims.get("acr")
        checks.append(Check("acr", wanted, _shown(actual), actual in expected.acr_values, VALIDATION))
    if expected.auth_time is not None and "auth_time" in claims:
        same_time = claims["auth_time"] == expected.auth_time
        # Where nobody asked for a fresh sign-on a time that moves is worth a note and no session: some providers'
        # times are known to.
        note = "" if same_time or expected.fresh else " (differs; no fresh sign-on was asked for)"
        shown = _shown(claims["auth_time"]) + note
        passed = same_time or not expected.fresh
        source = f"{CORE}#RefreshTokenResponse"
        checks.append(Check("auth_time", _shown(expected.auth_time), shown, passed, source))
    return checks


def _hashes(claims: Mapping[str, Any], expected: Expected) -> list[Check]:
    """`at_hash` and `c_hash` are optional in the code flow, but one that is there must fit."""
    checks = []
    for name, value, section in (
        ("at_hash", expected.access_token, "CodeFlowTokenValidation"),
        ("c_hash", expected.code, "CodeValidation"),
    ):
        if name in claims and value:
            wanted, actual = half_hash(value), claims[name]
            passed = isinstance(actual, str) and same(actual, wanted)
            checks.append(Check(name, wanted, _shown(actual), passed, f"{CORE}#{section}"))
    return checks


def half_hash(value: str) -> str:
    """Return base64url of the left half of SHA-256, as `at_hash` of an RS256 token wants it.

    https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
    """
    digest = hashlib.sha256(value.encode("utf-8")).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")


def moment(value: object) -> float | None:
    """Return a NumericDate as seconds, None for anything that is not one (a string, true, NaN, year 1e300).

    https://www.rfc-editor.org/rfc/rfc7519#section-2
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < END_OF_TIME else None


def _shown(value: object) -> str:
    """Strings and numbers as they are. What has a type that no claim has may hold anything, secrets too: its type."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return str(value)[:200]
    return str(value)[:200] if isinstance(value, str | int | float) else _kind(value)


def _kind(value: object) -> str:
    return "absent" if value is None else f"a {type(value).__name__}"
