"""Two stories side by side: steps of the same name stand next to each other, and what differs is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .render import Card

# What is new in every sign-on tells nothing about the difference of two: tags, ids, times, sizes.
_FRESH = (
    (re.compile(r"‹([^‹› ]+)[^‹›]*›"), r"‹\1›"),
    (re.compile(r"(?<=code_challenge=)[\w-]{43}"), "…"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![\w.])\d{10,13}(?!\w)"), "…"),
    (re.compile(r"^(Date|Content-Length|X-Request-Id|Correlation-Id|X-Correlation-Id): .*$", re.M | re.I), r"\1: …"),
)
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
    """Return the steps of both in order. Two are a pair if they have the same name and nothing tells them apart."""
    matcher = SequenceMatcher(None, [card.name for card in left], [card.name for card in right], autojunk=False)
    pairs: list[Pair] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pairs += [_pair(one, other) for one, other in zip(left[a:b], right[c:d], strict=True)]
        else:
            pairs += [Pair(card, None, ("only in the first",)) for card in left[a:b]]
            pairs += [Pair(None, card, ("only in the second",)) for card in right[c:d]]
    return tuple(pairs)


def _pair(left: Card, right: Card) -> Pair:
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
