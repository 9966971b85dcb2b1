"""A bounded table whose rows expire."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Table(Generic[Row]):
    """Rows by id, each living ``lifetime`` seconds after it was last written or touched.

    The oldest row gives way when the table is full, so that a simulator left running for a month,
    or a visitor who starts sign-ons in a loop, cannot fill the memory.
    """

    def __init__(self, now: Callable[[], float], *, lifetime: float, capacity: int = 2_000) -> None:
        self._now = now
        self._lifetime = lifetime
        self._capacity = capacity
        self._rows: OrderedDict[str, tuple[float, Row]] = OrderedDict()

    def put(self, key: str, row: Row) -> None:
        """Write a row; its lifetime starts now."""
        self._rows[key] = (self._now() + self._lifetime, row)
        self._rows.move_to_end(key)
        self._sweep()

    def get(self, key: str) -> Row | None:
        """The row, or None when it never was or has expired."""
        held = self._rows.get(key)
        if held is None:
            return None
        if held[0] <= self._now():
            del self._rows[key]
            return None
        return held[1]

    def take(self, key: str) -> Row | None:
        """The row, removed: for what may be used once."""
        row = self.get(key)
        self._rows.pop(key, None)
        return row

    def drop(self, key: str) -> None:
        """Forget a row; no error when there is none."""
        self._rows.pop(key, None)

    def expires_at(self, key: str) -> float:
        """When the row goes away, in seconds since 1970."""
        return self._rows[key][0]

    def __contains__(self, key: str) -> bool:
        """Whether there is a row. It changes nothing, so whoever looks for a row's owner needs no lock."""
        held = self._rows.get(key)
        return held is not None and held[0] > self._now()

    def items(self) -> list[tuple[str, Row]]:
        """The living rows with their keys, oldest first."""
        moment = self._now()
        return [(key, row) for key, (end, row) in self._rows.items() if end > moment]

    def __iter__(self) -> Iterator[Row]:
        """The living rows, newest first."""
        return iter([row for _, row in reversed(self.items())])

    def __len__(self) -> int:
        return len(self._rows)

    def _sweep(self) -> None:
        # Every row of one table has the same lifetime and a written row moves to the end,
        # so the order of the rows is the order in which they expire.
        moment = self._now()
        while self._rows:
            key, (end, _) = next(iter(self._rows.items()))
            if end > moment and len(self._rows) <= self._capacity:
                return
            del self._rows[key]
