"""Claims in words: what each means here, and which are PingOne's own."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from ..trace.mask import mask

MEANINGS = {
    "iss": "Who made the token: the issuer this application is configured with.",
    "sub": "The user, as an identifier that never changes and is meaningless elsewhere.",
    "aud": "The audience of the token: this application.",
    "azp": "The party it was issued to: this application.",
    "exp": "When the token stops being valid.",
    "iat": "When it was made.",
    "auth_time": "When the person last proved who they are.",
    "nonce": "Binds the token to this sign-on; compared with the one that was sent, and masked here as everywhere.",
    "acr": "The name of the sign-on policy that was fulfilled; in PingOne not a level of assurance.",
    "amr": "How the person signed on (RFC 8176): pwd is a password, otp a one-time passcode.",
    "at_hash": "The left half of the access token’s hash; proves that both tokens belong together.",
    "preferred_username": "The user name.",
    "name": "The full name.",
    "given_name": "The given name.",
    "family_name": "The family name.",
    "email": "The email address as the directory has it.",
    "email_verified": "Whether the address was verified.",
    "updated_at": "When the profile last changed.",
    "locale": "The language the person prefers.",
    "zoneinfo": "The person’s time zone.",
    "groups": "The groups that the person is in, where the application maps group names to this claim.",
    "jti": "The unique id of this token.",
    "client_id": "The application that the token was issued to.",
    "scope": "What the token may be used for.",
    "active": "Whether PingOne still accepts the token.",
    "token_type": "How the token is sent: in the Authorization header, after the word Bearer.",
    "username": "The user name.",
    "sid": "The PingOne session. Sign-off and front-channel logout name it.",
    "env": "The PingOne environment.",
    "org": "The PingOne organization.",
    "p1.region": "The region that issued the token; an opaque string.",
}
PINGONE = frozenset({"sid", "env", "org", "p1.region"})
TIMES = ("exp", "iat", "auth_time", "updated_at")


def presentable(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims as people and programs may see them: with the mask of the nonce in the nonce's place.

    Anyone who knows the nonce of a sign-on can have an ID token made that fits it; the mask shows all there is to see,
    that it is the one that was sent.
    """
    return {name: mask("nonce", str(value)) if name == "nonce" else value for name, value in claims.items()}


def explained(
    claims: Mapping[str, Any], now: float, from_userinfo: Collection[str] = ()
) -> list[tuple[str, str, str, str]]:
    """Return kind, name, value and meaning of each claim, as the token orders them; then those of userinfo."""
    return [
        (
            "userinfo" if name in from_userinfo else "pingone" if name in PINGONE else "standard",
            name,
            value if isinstance(value, str) else shown(value),
            meaning(name, value, now) if name in TIMES else MEANINGS.get(name, ""),
        )
        for name, value in presentable(claims).items()
    ]


def meaning(name: str, value: object, now: float) -> str:
    words = MEANINGS.get(name, "")
    if name in TIMES and isinstance(value, int | float) and not isinstance(value, bool):
        words = f"{words} {utc(value)}{distance(value, now) if name == 'exp' else ''}".strip()
    return words


def shown(value: object) -> str:
    """Return a claim's value as people read it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def utc(seconds: float | None) -> str:
    """Return seconds since 1970 as a time that a person reads."""
    return _format(seconds, "%Y-%m-%d %H:%M:%S UTC")


def moments(text: str) -> str:
    """Return the text with the time beside each number that is one: seconds since 1970, ten digits."""
    return re.sub(r"(?<![\w.])[12]\d{9}(?![\w.])", lambda found: f"{found[0]} ({utc(int(found[0]))})", text)


def iso(seconds: float | None) -> str:
    """Return seconds since 1970 for the `datetime` attribute."""
    return _format(seconds, "%Y-%m-%dT%H:%M:%SZ")


def distance(moment: float, now: float) -> str:
    """Return how far away a moment is, in words; nothing for a number that is no moment."""
    try:
        minutes = int(abs(moment - now) // 60)
    except (OverflowError, ValueError):
        return ""
    return f", in {minutes} minutes" if moment > now else f", {minutes} minutes ago"


def _format(seconds: float | None, form: str) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime(form) if seconds is not None else ""
    except (OverflowError, ValueError, OSError):
        return ""
