"""The colours of masked values: given in the order in which a story shows them, so that few values never look alike."""

import re
from collections.abc import Iterable
from contextvars import ContextVar

from ..trace.render import Card

BACKGROUNDS = 8
"""Those of `static/site.css`. The ninth value has the first one's, underlined."""
CLASSES = "0123456789abcdef"
_MARK = re.compile(r"#([0-9a-f]{6})(?![0-9a-f])")
_given: ContextVar[dict[str, int] | None] = ContextVar("hues", default=None)


def start() -> dict[str, int]:
    """Begin a page: no value has a colour yet."""
    given: dict[str, int] = {}
    _given.set(given)
    return given


def hue(mark: str, apart: str = "") -> str:
    """Return the last letter of the class of a value's colour, which is never that of `apart`."""
    given = _given.get()
    if given is None:
        given = start()
    if mark not in given:
        number = next(reversed(given.values()), -1) + 1
        if apart in given and (number - given[apart]) % BACKGROUNDS == 0:
            number += 1
        given[mark] = number
    return CLASSES[given[mark] % len(CLASSES)]


def spread(cards: Iterable[Card]) -> None:
    """Give the values of a story their colours, in its order: they stay while it grows, and are one for both stories of
    a comparison. What a failed check expected and what came never look alike."""
    apart: dict[str, str] = {}
    texts: list[str] = []
    for card in cards:
        texts += [card.request, card.response, *(token.text for token in card.tokens)]
        for check in card.checks:
            both = check["expected"], check["actual"]
            texts += both
            marks = _MARK.findall("\n".join(both))
            if not check["passed"] and len(marks) == 2:
                apart |= {marks[0]: marks[1], marks[1]: marks[0]}
    for mark in dict.fromkeys(_MARK.findall("\n".join(texts))):
        hue(mark, apart.get(mark, ""))
