"""The page of tokens: decoded, masked, and in full only when their owner asks."""

import json
from collections.abc import Mapping
from typing import Any

from ..oidc.id_token import half_hash
from ..signon.signed_in import SignedIn
from ..trace.jwt_view import open_token
from ..trace.mask import mask
from .claims import PINGONE, meaning, presentable, shown
from .compared import asked_userinfo, introspected
from .context import services
from .sources import source_name

KINDS = {"id_token": "ID token", "access_token": "Access token", "refresh_token": "Refresh token"}
AUDIENCE = "The API that may accept the token. This application is not that API."


def token_context(
    person: SignedIn,
    *,
    reveal: str = "",
    userinfo: dict[str, Any] | None = None,
    introspection: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the context of the page. `reveal` is the kind of the one token that its owner asked to see in full."""
    held = {kind: getattr(person, kind) for kind in KINDS}
    return {
        "tokens": [_token(kind, value, person, reveal == kind) for kind, value in held.items() if value],
        "arithmetic": _arithmetic(person),
        "trace": person.trace,
        "introspection": _pretty(introspection),
        "introspected": introspected(person, introspection, services().now()) if introspection else [],
        "userinfo": _pretty(userinfo),
        "asked_userinfo": asked_userinfo(person, userinfo) if userinfo else [],
    }


def _token(kind: str, value: str, person: SignedIn, revealed: bool) -> dict[str, Any]:
    opened = open_token(value)
    payload = presentable(opened.payload) if opened else {}
    ends = payload.get("exp", person.access_token_expires_at if kind == "access_token" else None)
    return {
        "kind": KINDS[kind],
        "masked": mask(kind, value),
        "header_json": _pretty(opened.header if opened else None),
        "payload_json": _pretty(payload),
        "claims": [_claim(name, claim, person if kind == "id_token" else None) for name, claim in payload.items()],
        "verified": kind == "id_token",
        "revealed": value if revealed else None,
        "expires_at": ends if isinstance(ends, int | float) else None,
    }


def _claim(name: str, value: Any, person: SignedIn | None) -> tuple[str, ...]:
    """Shape of the row, name, value, meaning, and of a claim that was checked the rule and what the rule is called.

    `person` for the ID token, whose claims are checked.
    """
    # The last of a name: the response has an `iss` of its own (RFC 9207), which is checked before the token's.
    check = next((each for each in reversed(person.checks) if each.name == name), None) if person else None
    source = check.source if check is not None and check.passed else ""
    kind = ("checked" if source else "unchecked" if person else "plain") + (" PingOne" if name in PINGONE else "")
    words = meaning(name, value, services().now()) if person or name != "aud" else AUDIENCE
    return kind, name, shown(value), words, source, source_name(source)


def _pretty(members: Mapping[str, Any] | None) -> str:
    return json.dumps(members, indent=2, ensure_ascii=False) if members else ""


def _arithmetic(person: SignedIn) -> dict[str, str] | None:
    """Return the one check of a token that its owner can compute again; None where the ID token has no `at_hash`."""
    stated = person.claims.get("at_hash")
    if not isinstance(stated, str):
        return None
    computed = half_hash(person.access_token)
    differs = "" if computed == stated else ": different since the tokens were refreshed"
    lines = (
        f"access token  {mask('access_token', person.access_token)}",
        f"computed      {computed}",
        f"at_hash       {stated}",
        f"BASE64URL(left half of SHA-256(access token)) = at_hash{differs}",
    )
    return {"lines": "\n".join(lines), "command": command('"$ACCESS_TOKEN"', half=True)}


def command(word: str, *, half: bool = False) -> str:
    """Return the shell command that prints BASE64URL(SHA-256) of a word of the shell, or of the hash's left half."""
    cut = " | head -c 16" if half else ""
    return f"printf %s {word} | openssl dgst -sha256 -binary{cut} | openssl base64 -A | tr '+/' '-_' | tr -d '='"
