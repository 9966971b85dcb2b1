"""Two stories side by side: steps that do the same are next to each other, and what differs is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from .render import Card
from .steps import FETCHED

# What is new in every sign-on says nothing about the difference of two: tags, ids, times, sizes, words of a status.
_FRESH = (
    (re.compile(r"‹([^‹› ]+)[^‹›]*›"), r"‹\1›"),
    (re.compile(r"(?<=code_challenge=)[\w-]{43}|(?<=/sign-on/step/)[\w-]+"), "…"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![\w.])\d{10,13}(?!\w)"), "…"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "…"),
    (re.compile(r"^([\w-]*-Id|Date|Content-Length|traceparent): .*$", re.I), r"\1: …"),
    (re.compile(r"(?<=; Expires=)[^;]*"), "…"),
    (re.compile(r"^(\d{3}) .*$"), r"\1"),
)
# What our server does in one mode, the browser does in another; a form is answered on our page or on PingOne's.
_ROLES = {
    "authorize_by_server": "authorize",
    "pingone_form": "step",
    "pingone_page": "sign_on_page",
    "resume_of_browser": "resume",
    "resume_json": "resume",
    "resume_redirect": "resume",
}
_SHORT = re.compile(r"#[0-9a-f]{6}")
_PARTIES = {"browser": "the browser", "application": "our server", "pingone": "PingOne"}
SIDES = ("first", "second")


@dataclass(frozen=True)
class Pair:
    """A step of both stories, or steps in a row of which one story has no counterpart. Texts are masked, not HTML."""

    left: tuple[Card, ...]
    right: tuple[Card, ...]
    differs: tuple[str, ...]
    """What is different, in words; empty where the steps are alike."""
    left_lines: str = ""
    right_lines: str = ""
    """The lines of request and answer that only this side has."""
    counts: bool = True
    """Not for a cache that one story found filled, what was done after one of the sign-ons, or an unseen answer."""


def role_of(card: Card) -> str:
    """Return what a step does, by whichever party and on whichever page."""
    return _ROLES.get(card.name, card.name)


def compare(left: Sequence[Card], right: Sequence[Card]) -> tuple[Pair, ...]:
    """Return the steps of both in order. Two are a pair if they have the same role and nothing distinguishes them."""
    matcher = SequenceMatcher(None, [*map(role_of, left)], [*map(role_of, right)], autojunk=False)
    pairs: list[Pair] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pairs += [_pair(one, other) for one, other in zip(left[a:b], right[c:d], strict=True)]
        else:
            pairs += _lone(0, left, a, b) + _lone(1, right, c, d)
    return tuple(pairs)


def _lone(side: int, cards: Sequence[Card], start: int, end: int) -> list[Pair]:
    """The steps from `start` to `end` of one story, those of one reason in a row together."""
    tokens = next((at for at, card in enumerate(cards) if card.name == "token" and not card.failed), len(cards))
    pairs = []

    def why(at: int) -> str:
        if cards[at].name in FETCHED:
            return f"only in the {SIDES[side]}: the {SIDES[1 - side]} had it in the cache"
        return f"after the sign-on, only in the {SIDES[side]}" if at > tokens else f"only in the {SIDES[side]}"

    for words, places in groupby(range(start, end), why):
        run = tuple(cards[at] for at in places)
        left, right = (run, ()) if side == 0 else ((), run)
        pairs.append(Pair(left, right, (words,), counts=words == f"only in the {SIDES[side]}"))
    return pairs


def _pair(left: Card, right: Card) -> Pair:
    by_others = left.name != right.name or left.sender != right.sender
    differs: list[str] = []
    if left.sender != right.sender:
        differs.append(f"by {party(left.sender)} in the first, by {party(right.sender)} in the second")
    elif by_others:
        differs.append(f"sent to {party(left.receiver)} in the first, to {party(right.receiver)} in the second")
    seen = [card.status is not None or bool(card.failure) for card in (left, right)]
    if seen[0] != seen[1]:
        differs.append(f"the answer was seen only in the {SIDES[seen[1]]}")
    elif left.failure != right.failure:
        differs.append(f"no answer came in the {SIDES[bool(right.failure)]}")
    elif left.status != right.status:
        differs.append(f"answered with {left.status} in the first, {right.status} in the second")
    differs += _other_checks(left, right)
    shown = ["", ""]
    for what in ("request", "response") if all(seen) or not any(seen) else ("request",):
        one, other = (_lines(getattr(card, what), by_others) for card in (left, right))
        only = _without(one, other), _without(other, one)
        if any(only) and not by_others:
            differs.append(f"{'request' if what == 'request' else 'answer'} differs")
        shown = ["\n".join(filter(None, both)) for both in zip(shown, only, strict=True)]
    unseen = seen[0] != seen[1] and len(differs) == 1 and not any(shown)
    return Pair((left,), (right,), tuple(differs), shown[0], shown[1], counts=not unseen)


def party(name: str) -> str:
    """Return who that is, in the middle of a sentence."""
    return _PARTIES.get(name, name)


def _other_checks(left: Card, right: Card) -> list[str]:
    """What the checks of two steps say of their difference: a result that changed, or checks that one side lacks."""
    one, other = (
        {(check["name"], check["source"]): check["passed"] for check in card.checks} for card in (left, right)
    )
    changed = [name for name in one if name in other and one[name] != other[name]]
    words = [f"check {name[0]} failed only in the {SIDES[one[name]]}" for name in changed]
    for side, lone in zip(SIDES, (one.keys() - other.keys(), other.keys() - one.keys()), strict=True):
        words += [f"{len(lone)} check{'s' if len(lone) > 1 else ''} only in the {side}"] if lone else []
    return words


def _lines(text: str, telling: bool) -> dict[str, str]:
    """Return each line by what of it is not new in every sign-on. `telling` are the first one, parameters and secrets:
    the headers of two parties always differ."""
    shown = {}
    for at, line in enumerate(text.splitlines()):
        key = _SHORT.sub("#", line)
        for pattern, instead in _FRESH:
            key = pattern.sub(instead, key)
        if not telling or at == 0 or "‹" in line or line.lstrip()[:1] in ("?", "&"):
            shown[key.strip().lstrip("?&")] = line.strip() if telling else line
    return shown


def _without(lines: dict[str, str], others: dict[str, str]) -> str:
    return "\n".join(line for key, line in lines.items() if key and key not in others)
