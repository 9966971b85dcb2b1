"""Sign-off that the provider's server announces (OpenID Connect Back-Channel Logout 1.0)."""

from collections.abc import Mapping
from typing import Any

from .checks import Check
from .errors import IdTokenClaim
from .id_token import LEEWAY, moment

EVENT = "http://schemas.openid.net/event/backchannel-logout"
SOURCE = "https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation"
OLDEST = 600
"""Seconds: a logout token is meant for immediate use, and is remembered for this long so that it works only once."""


def check_logout_claims(claims: Mapping[str, Any], issuer: str, client_ids: tuple[str, ...], now: float) -> None:
    """Raise `IdTokenClaim` with the first rule of section 2.6 that a verified logout token breaks."""
    audience, events, issued = claims.get("aud"), claims.get("events"), moment(claims.get("iat"))
    audiences = [audience] if isinstance(audience, str) else audience
    expires = moment(claims.get("exp"))
    rules = {
        "iss": claims.get("iss") == issuer,
        "aud": isinstance(audiences, list) and len(audiences) == 1 and audiences[0] in client_ids,
        "iat": issued is not None and now - OLDEST <= issued <= now + LEEWAY,
        "exp": expires is not None and now < expires + LEEWAY,
        "events": isinstance(events, dict) and isinstance(events.get(EVENT), dict),
        # A nonce would make it an ID token: one of those must not sign anybody off.
        "nonce": "nonce" not in claims,
        "jti": isinstance(claims.get("jti"), str) and 0 < len(claims["jti"]) <= 255,
        "sid": "sid" not in claims or (isinstance(claims["sid"], str) and 0 < len(claims["sid"]) <= 255),
        "sub": "sub" not in claims or (isinstance(claims["sub"], str) and 0 < len(claims["sub"]) <= 255),
        "sid or sub": "sid" in claims or "sub" in claims,
    }
    for name, passed in rules.items():
        if not passed:
            check = Check(name, "as section 2.6 says", str(claims.get(name, "absent"))[:200], False, SOURCE)
            raise IdTokenClaim(f"logout token: {name}", check=check, checks=(check,), status=400)
