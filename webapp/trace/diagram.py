"""Where to draw what in the sequence diagram of a story: three lanes, an arrow per step and one back for its answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from .render import Card, cards_of
from .story import Story

WIDTH = 840
LANES = (("browser", "Browser", 110), ("application", "This application", 420), ("pingone", "PingOne", 730))
FIRST_ROW = 70
"""Where the first arrow is drawn; the names of the lanes are above."""
ROW = 34
"""From one step to the next: 25 of them fill a screen and no more."""
UNSEEN = "PingOne’s own page, then /as/resume with ST"
"""Hosted mode's middle part, between the browser and PingOne: it is described, and drawn, but never recorded."""

_X = {name: x for name, _, x in LANES}


@dataclass(frozen=True)
class Lane:
    """The vertical line of one party."""

    label: str
    x: int


@dataclass(frozen=True)
class Row:
    """One arrow from (x1, y) to (x2, y), the same x twice when a party works by itself. It leads to a card.

    `answer` is what came back, in a few characters; empty where the answer was not ours to see. A row that is `unseen`
    stands for what passes without us, and has no number.
    """

    index: int
    anchor: str
    y: int
    x1: int
    x2: int
    label: str
    failed: bool
    way: str = "bp"
    """From whom to whom, by their first letters."""
    answer: str = ""
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
    y, label = FIRST_ROW + ROW * place, f"{card.index} {card.label}"
    way = "".join(party[:1] if party in _X else "a" for party in (card.sender, card.receiver))
    return Row(card.index, card.anchor, y, start, end, label, card.failed, way, _answer(card))


def _answer(card: Card) -> str:
    """`200 · 1.4 ms`."""
    if card.failure:
        return "no answer"
    if card.status is None:
        return ""
    return f"{card.status} · {card.duration_ms} ms" if card.duration_ms else f"{card.status}"
