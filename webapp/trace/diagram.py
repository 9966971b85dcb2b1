"""Where to draw what in the sequence diagram of a story: three lanes, one arrow per step, numbers as on the cards."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .render import Card, cards_of
from .story import Story

WIDTH = 840
LANES = (("browser", "Browser", 110), ("application", "This application", 420), ("pingone", "PingOne", 730))
FIRST_ROW = 84
"""Where the first arrow is drawn; the names of the lanes stand above."""
ROW = 46
LONGEST_LABEL = 38
"""Characters that fit between two lanes."""
UNSEEN = "PingOne’s own page, then /as/resume with ST"
"""Hosted mode's middle part, between the browser and PingOne: it is told, and drawn, but never recorded."""

_X = {name: x for name, _, x in LANES}
# What every URL of a story begins with: the origin, and at PingOne the environment.
_PREFIX = re.compile(r"[a-z]+://[^/]*(?:.*(?=/(?:as|flows|signon)/))?")


@dataclass(frozen=True)
class Lane:
    """The vertical line of one party."""

    label: str
    x: int


@dataclass(frozen=True)
class Row:
    """One arrow from (x1, y) to (x2, y), the same x twice when a party works by itself. It leads to a card.

    One that is `unseen` stands for what passes without us, and has no number.
    """

    index: int
    anchor: str
    y: int
    x1: int
    x2: int
    label: str
    failed: bool
    unseen: bool = False


@dataclass(frozen=True)
class Diagram:
    """A picture of width by height: a lane per party and an arrow per step."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]


def draw(record: Mapping[str, object]) -> Diagram:
    """The diagram of a story's record."""
    story = Story.from_record(record)
    rows: list[Row] = []
    for card in cards_of(story):
        rows.append(_row(len(rows), card))
        if card.name == "authorize" and story.mode == "hosted" and not card.simulated:
            y = FIRST_ROW + ROW * len(rows)
            rows.append(Row(0, "unseen", y, _X["browser"], _X["pingone"], UNSEEN, failed=False, unseen=True))
    bottom = FIRST_ROW + ROW * max(len(rows) - 1, 0) + ROW // 2
    lanes = tuple(Lane(label, x) for _, label, x in LANES)
    return Diagram(WIDTH, bottom + ROW // 2, lanes, tuple(rows))


def _row(place: int, card: Card) -> Row:
    start, end = (_X.get(party, _X["application"]) for party in (card.sender, card.receiver))
    return Row(card.index, card.anchor, FIRST_ROW + ROW * place, start, end, _label(card), card.failed)


def _label(card: Card) -> str:
    """`3. POST /as/token · 200`: short enough to stand between two lanes."""
    path = _PREFIX.sub("", card.url.partition("?")[0])
    target = card.name.partition(":")[2] or re.sub(r"/(flows|step)/.*", r"/\1/…", path) or card.title
    status = "" if card.status is None else f" · {card.status}"
    label = f"{card.index}. {card.method} {target}" if card.method else f"{card.index}. {target}"
    room = LONGEST_LABEL - len(status)
    return (label if len(label) <= room else label[: room - 1] + "…") + status
