"""What PingOne says now beside what this application knows by itself: introspection and userinfo, row by row."""

from collections.abc import Mapping
from typing import Any

from ..signon.signed_in import SignedIn
from .claims import distance, shown, utc

Row = dict[str, Any]


def introspected(person: SignedIn, answer: Mapping[str, Any], now: float) -> list[Row]:
    """Return what local verification says of the access token and what introspection says, for each question.

    Local verification reads what was signed at issue; only PingOne knows what has happened since (RFC 7662).
    """
    ends = person.access_token_expires_at
    expired = ends is not None and ends <= now
    here = "no time is known" if ends is None else f"{'until' if not expired else 'no, it ended'} {utc(ends)}"
    active = answer.get("active")
    stated = answer.get("exp")
    rows = [
        _row("Is it valid now?", here + (distance(ends, now) if ends is not None else ""),
             "active" if active else "not active", active is expired),
        _row("Was it revoked, or the session ended?",
             "cannot be known: what was signed says the same until it expires",
             "no" if active else "it is not active any more, whatever the reason", not active),
    ]  # fmt: skip
    if isinstance(stated, int | float):
        rows.append(_row("When does it end?", utc(ends), utc(stated), ends is not None and abs(ends - stated) > 1))
    for name, own in (("scope", person.scope), ("sub", person.subject), ("client_id", person.on.client_id)):
        if name in answer:
            said = shown(answer[name])
            rows.append(_row(name, own, said, sorted(said.split()) != sorted(own.split())))
    return rows


def asked_userinfo(person: SignedIn, answer: Mapping[str, Any]) -> list[Row]:
    """Return each claim of userinfo beside the ID token's: new, equal, or changed since sign-on."""
    rows = []
    for name, value in answer.items():
        known = name in person.claims
        own = shown(person.claims[name]) if known else "not in it"
        rows.append(_row(name, own, shown(value), known and shown(value) != own))
    return rows


def _row(question: str, here: str, pingone: str, differs: bool) -> Row:
    return {"question": question, "here": here, "pingone": pingone, "differs": differs}
