"""The code of the steps of a story: the function that makes each, and those that make its checks, checks marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from markupsafe import Markup

from ..trace.explain import code_place
from ..trace.render import Card
from ..trace.steps import KeptCheck
from .excerpts import Excerpt, function, making
from .highlight import python
from .rules import RULES

MOST = 14_500
"""Characters of code on a page. What made a step or refused it is always shown, passed checks while there is room."""
Marks = dict[Excerpt, dict[int, str]]
"""Functions, and in each the lines that make checks, with the class of the mark."""


@dataclass(frozen=True)
class Shown:
    """Functions of one file. Without `lines` they are those of the block `anchor`, or only named."""

    where: str
    functions: tuple[str, ...]
    anchor: str
    lines: Markup | None = None
    failed: bool = False
    """One of their checks did: a reader wants to see these before any other."""


def sources_of(cards: Sequence[Card]) -> dict[str, tuple[Shown, ...]]:
    """Return the functions of each step, by its anchor. What comes again, with no check that failed, is linked."""
    wanted = {card.anchor: _functions(card) for card in cards}
    needed = {each for card in cards for each, lines in wanted[card.anchor].items() if _is_needed(each, card, lines)}
    room = MOST - sum(len(each.code) for each in needed)
    first: dict[Excerpt, str] = {}
    sources = {}
    for anchor, marks in wanted.items():
        shown: list[Shown] = []
        for (passed, file, known), group in groupby(_placed(marks, first), lambda each: each[1]):
            excerpts = sorted((each for each, _ in group), key=lambda each: each.line)
            length = sum(len(each.code) for each in excerpts if each not in needed)
            at, lines = known, None
            if not known and length <= max(room, 0):
                room -= length
                at = f"{anchor}-code-{len(shown) + 1}"
                lines = Markup("\n\n").join(python(each.code, marks[each]) for each in excerpts)
                first |= {each: first.get(each, at) for each in excerpts}
            names = tuple(each.function for each in excerpts)
            shown.append(Shown(f"{file}, line {excerpts[0].line}", names, at, lines, not passed))
        sources[anchor] = tuple(shown)
    return sources


@cache
def sources_of_rules() -> dict[str, Shown]:
    """Return the function that enforces each rule, by the rule's id, with the line of each check in it marked."""
    marks: Marks = {}
    places: dict[str, Excerpt] = {}
    for rule in RULES:
        file, _, name = rule.enforced_in.partition(":")
        excerpt, line = making(rule.check, file) or (function(file, name), 0)
        marks.setdefault(excerpt, {}).update({line - excerpt.line + 1: ""} if line else {})
        places[rule.id] = excerpt
    first: dict[Excerpt, str] = {}
    sources = {}
    for id, excerpt in places.items():
        anchor = first.setdefault(excerpt, f"{id}-code")
        lines = python(excerpt.code, marks[excerpt]) if anchor == f"{id}-code" else None
        sources[id] = Shown(f"{excerpt.file}, line {excerpt.line}", (excerpt.function,), anchor, lines)
    return sources


def _is_needed(function: Excerpt, card: Card, lines: dict[int, str]) -> bool:
    place = code_place(card.name)
    return "failed" in lines.values() or (place is not None and function.function == place.function)


def _placed(marks: Marks, first: dict[Excerpt, str]) -> Iterable[tuple[Excerpt, tuple[bool, str, str]]]:
    """Each function with whether its checks passed, its file and, where it need not be shown again, the block that
    shows it; what refused the sign-on first."""
    placed = []
    for each, lines in marks.items():
        passed = "failed" not in lines.values()
        placed.append((each, (passed, each.file, first.get(each, "") if passed else "")))
    return sorted(placed, key=lambda each: each[1][0])


def _functions(card: Card) -> Marks:
    """The functions of a step, and in each the lines that make its checks."""
    place = code_place(card.name)
    functions: Marks = {function(place.file, place.function): {}} if place else {}
    for check in card.checks:
        file, _, name = _enforced_in(check).partition(":")
        found = making(check["name"], file)
        if found is not None:
            excerpt, line = found
            functions.setdefault(excerpt, {})[line - excerpt.line + 1] = "" if check["passed"] else "failed"
        elif file:
            functions.setdefault(function(file, name), {})
    return functions


def _enforced_in(check: KeptCheck) -> str:
    """`file:function` of a check, as the rules say: two checks of one name have different sources."""
    rules = (rule for rule in RULES if check["name"] in rule.names and rule.told_by in check["source"])
    return next((rule.enforced_in for rule in rules), "")
