"""Two stories side by side: steps that do the same are next to each other, and what differs is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .render import Card
from .steps import FETCHED

BY_OTHERS = "made by another party"

# What is new in every sign-on says nothing about the difference of two: tags, ids, times, sizes.
_FRESH = (
    (re.compile(r"‹([^‹› ]+)[^‹›]*›"), r"‹\1›"),
    (re.compile(r"(?<=code_challenge=)[\w-]{43}"), "…"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![\w.])\d{10,13}(?!\w)"), "…"),
    (re.compile(r"^([\w-]*-Id|Date|Content-Length|traceparent): .*$", re.M | re.I), r"\1: …"),
    (re.compile(r"(?<=; Expires=)[^;]*"), "…"),
)
# What our server does in one mode, the browser does in another.
_ROLES = {
    "authorize_by_server": "authorize",
    "resume_of_browser": "resume",
    "resume_json": "resume",
    "resume_redirect": "resume",
}
_POSTED = re.compile(r"^&?action=([\w.]+)$", re.M)
_SHORT = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Pair:
    """A step of either story, or of both. Texts are masked and are not HTML."""

    left: Card | None
    right: Card | None
    differs: tuple[str, ...]
    """What is different, in words; empty where the steps are alike."""
    left_lines: str = ""
    right_lines: str = ""
    """The lines of request and answer that only this side has."""


def compare(left: Sequence[Card], right: Sequence[Card]) -> tuple[Pair, ...]:
    """Return the steps of both in order. Two are a pair if they have the same role and nothing distinguishes them."""
    matcher = SequenceMatcher(None, [*map(_role, left)], [*map(_role, right)], autojunk=False)
    pairs: list[Pair] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pairs += [_pair(one, other) for one, other in zip(left[a:b], right[c:d], strict=True)]
        else:
            pairs += [Pair(card, None, (_lone("first", card),)) for card in left[a:b]]
            pairs += [Pair(None, card, (_lone("second", card),)) for card in right[c:d]]
    return tuple(pairs)


def _role(card: Card) -> str:
    posted = _POSTED.search(card.request) if card.name == "pingone_form" else None
    return f"flow_action:{posted[1]}" if posted else _ROLES.get(card.name, card.name)


def _lone(side: str, card: Card) -> str:
    return f"only in the {side}" + (": kept in the cache" if card.name in FETCHED else "")


def _pair(left: Card, right: Card) -> Pair:
    if left.name != right.name:
        return Pair(left, right, (BY_OTHERS,), *("\n".join(_telling(card)) for card in (left, right)))
    differs = []
    if left.status != right.status:
        differs.append(f"status {left.status or 'none'} and {right.status or 'none'}")
    if left.failure != right.failure:
        differs.append("no answer on one side")
    differs += _other_checks(left, right)
    one, other = _lines(left), _lines(right)
    left_only, right_only = _without(one, other), _without(other, one)
    if left_only or right_only:
        differs.append("what was sent or answered")
    return Pair(left, right, tuple(differs), left_only, right_only)


def _other_checks(left: Card, right: Card) -> list[str]:
    """What the checks of two steps say of their difference: a result that changed, or checks that one side lacks."""
    one, other = (
        {(check["name"], check["source"]): check["passed"] for check in card.checks} for card in (left, right)
    )
    changed = [f"check {name[0]}" for name in one if name in other and one[name] != other[name]]
    lone = len(one.keys() ^ other.keys())
    return changed + ([f"{lone} check{'s' if lone > 1 else ''} on one side only"] if lone else [])


def _telling(card: Card) -> list[str]:
    """Return what was asked, what came of it, and every line with a secret: who holds it is the difference."""
    texts = [text.splitlines() for text in (card.request, card.response) if text]
    return [line for text in texts for at, line in enumerate(text) if at == 0 or "‹" in line]


def _lines(card: Card) -> dict[str, str]:
    """Return each line of request and answer by what of it is not new in every sign-on."""
    shown = {}
    for line in f"{card.request}\n{card.response}".splitlines():
        key = _SHORT.sub("#", line)
        for pattern, instead in _FRESH:
            key = pattern.sub(instead, key)
        shown[key.strip()] = line
    return shown


def _without(lines: dict[str, str], others: dict[str, str]) -> str:
    return "\n".join(line for key, line in lines.items() if key and key not in others)
