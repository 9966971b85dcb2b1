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
    "Python calls",
    "M instr.",
    "requests",
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
Python calls  of Python and C functions in one sign-on, counted in process: the same on any machine
M instr.    million instructions of one sign-on in process, without the kernel's, counted by valgrind
requests    to the provider for each sign-on, and connections that were opened for them
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
    python_calls: float
    instructions: float
    """0 where they were not counted."""
    slow: float
    megabytes: float

    def cells(self) -> list[str]:
        """What is shown in the row."""
        sign_ons, pages = _pair(self.turns, self.floor), _pair(self.views, self.hello)
        counts = [_median(self.turns, lambda turn: turn.calls), _median(self.turns, lambda turn: turn.connections)]
        return [
            self.name,
            *sign_ons,
            f"{self.python_calls:,.0f}" if self.python_calls else "",
            f"{self.instructions / 1e6:.1f}" if self.instructions else "",
            *([f"{number:.2f}" for number in counts] if self.turns else ["", ""]),
            f"{self.slow:.0f}" if self.slow else "",
            *pages,
            f"{self.megabytes:.0f}",
        ]


def table(rows: Sequence[Row]) -> str:
    """The rows in columns, and what the columns mean."""
    lines = _columns([list(HEAD), *(row.cells() for row in rows)])
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], "", EXPLANATION])


def scale_table(rows: Sequence[Row]) -> str:
    """The same application with more and more processes; `floor` of each row are the turns of the one before all."""
    head = ["application", "sign-ons/s", "of one", "CPU ms", "of one", "peak MB a process"]
    lines = _columns([head, *([row.name, *_pair(row.turns, row.floor), f"{row.megabytes:.0f}"] for row in rows)])
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def breakdown(calls: dict[str, dict[str, float]]) -> str:
    """Python calls of a sign-on by part of the program, one column for each application."""
    counted = {name: parts for name, parts in calls.items() if parts}
    names = sorted({part for parts in counted.values() for part in parts})
    cells = [[part, *(f"{parts.get(part, 0):,.0f}" for parts in counted.values())] for part in names]
    total = ["together", *(f"{sum(parts.values()):,.0f}" for parts in counted.values())]
    return "\n".join(_columns([["Python calls", *counted], *cells, total]))


def _columns(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines]


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
