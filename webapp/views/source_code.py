"""The code of the steps of a story: the function that makes each, and those that make its checks, checks marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from ..trace.explain import code_place
from ..trace.render import Card
from ..trace.steps import KeptCheck
from .excerpts import Excerpt, function, making
from .highlight import python
from .rules import RULES


@dataclass(frozen=True)
class Shown:
    """Functions of one file. Without `lines` they are those of an earlier step, whose block has the id `anchor`."""

    where: str
    functions: tuple[str, ...]
    anchor: str
    lines: Markup | None = None


def sources_of(cards: Iterable[Card]) -> dict[str, tuple[Shown, ...]]:
    """Return the functions of each step, by its anchor. What comes again, with no check that failed, is linked."""
    first: dict[Excerpt, str] = {}
    sources = {}
    for card in cards:
        shown: list[Shown] = []
        marks = _functions(card)
        known = [(each, "" if "failed" in lines.values() else first.get(each, "")) for each, lines in marks.items()]
        for (file, known_at), group in groupby(known, lambda each: (each[0].file, each[1])):
            excerpts = sorted((each for each, _ in group), key=lambda each: each.line)
            anchor = known_at or f"{card.anchor}-code-{len(shown) + 1}"
            lines = None if known_at else Markup("\n\n").join(python(each.code, marks[each]) for each in excerpts)
            names = tuple(each.function for each in excerpts)
            shown.append(Shown(f"{file}, line {excerpts[0].line}", names, anchor, lines))
            first |= {each: first.get(each, anchor) for each in excerpts}
        sources[card.anchor] = tuple(shown)
    return sources


def _functions(card: Card) -> dict[Excerpt, dict[int, str]]:
    """The functions of a step, and in each the lines that make its checks."""
    place = code_place(card.name)
    functions: dict[Excerpt, dict[int, str]] = {function(place.file, place.function): {}} if place else {}
    for check in card.checks:
        file, _, name = _enforced_in(check).partition(":")
        found = making(check["name"], file)
        if found is not None:
            excerpt, line = found
            functions.setdefault(excerpt, {})[line - excerpt.line + 1] = "passed" if check["passed"] else "failed"
        elif file:
            functions.setdefault(function(file, name), {})
    return functions


def _enforced_in(check: KeptCheck) -> str:
    """`file:function` of a check, as the rules say: two checks of one name have different sources."""
    rules = (rule for rule in RULES if check["name"] in rule.names and rule.told_by in check["source"])
    return next((rule.enforced_in for rule in rules), "")
