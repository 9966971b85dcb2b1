"""The table that is printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.measure import Turn

HEAD = (
    "application",
    "sign-ons/s",
    "of floor",
    "CPU ms",
    "of floor",
    "calls",
    "new conn.",
    "at 20 ms",
    "pages/s",
    "of hello",
    "CPU ms",
    "of hello",
    "peak MB",
)
EXPLANATION = """\
sign-ons/s  whole sign-ons (start, callback, session page) by 8 visitors, one process with 8 threads; more is better
CPU ms      of the application's process for one sign-on or one page; "of floor" and "of hello" say how many fit into
            the time of one of these, so that 0.50 is twice the cost: the median of the rounds, each by itself
calls       to the provider for each sign-on, and connections that were opened for them
at 20 ms    milliseconds of one sign-on when the provider is 20 ms away and a new connection costs 40 ms
pages/s     the signed-in session page, beside a bare Flask "hello\""""


@dataclass(frozen=True)
class Row:
    """What was measured of one application. Lists have one member for each round."""

    name: str
    turns: Sequence[Turn]
    floor: Sequence[Turn]
    views: Sequence[Turn]
    hello: Sequence[Turn]
    slow: float
    megabytes: float

    def cells(self) -> list[str]:
        """The texts of the row."""
        sign_ons, pages = _pair(self.turns, self.floor), _pair(self.views, self.hello)
        counts = [_median(self.turns, lambda turn: turn.calls), _median(self.turns, lambda turn: turn.connections)]
        return [
            self.name,
            *sign_ons,
            *([f"{number:.2f}" for number in counts] if self.turns else ["", ""]),
            f"{self.slow:.0f}" if self.slow else "",
            *pages,
            f"{self.megabytes:.0f}",
        ]


def table(rows: Sequence[Row]) -> str:
    """The rows in columns, and what the columns mean."""
    lines = [list(HEAD), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = []
    for line in lines:
        first, *others = (cell.ljust(width) if not column else cell.rjust(width)
                          for column, (cell, width) in enumerate(zip(line, widths, strict=True)))  # fmt: skip
        shown.append("  ".join([first, *others]).rstrip())
    return "\n".join([shown[0], "-" * len(shown[0]), *shown[1:], "", EXPLANATION])


def _pair(turns: Sequence[Turn], measure: Sequence[Turn]) -> list[str]:
    if not turns:
        return ["", "", "", ""]
    pairs = list(zip(turns, measure, strict=True))
    speed = median(one.per_second / other.per_second for one, other in pairs)
    cost = median(other.cpu / one.cpu if one.cpu else 0.0 for one, other in pairs)
    return [
        f"{_median(turns, lambda turn: turn.per_second):.0f}",
        f"{speed:.2f}",
        f"{_median(turns, lambda turn: turn.cpu):.2f}",
        f"{cost:.2f}",
    ]


def _median(turns: Sequence[Turn], what: Callable[[Turn], float]) -> float:
    return median(map(what, turns)) if turns else 0.0
