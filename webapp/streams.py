"""How many answers may stay open while something happens: each holds a thread, which those who sign on need."""

import threading
from collections import Counter

stopping = threading.Event()
"""Set when this process is about to end: a thread that waits with an open answer ends it."""
MOST_OF_ONE = 2
"""Streams of one browser: beside a form, and in a second tab."""


class Streams:
    """Counts the open streams of this process. Who finds no place asks again every few seconds, which holds nothing."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, browser: str) -> bool:
        """Take a place for this browser, to be given back by `leave`; False when there is none."""
        with self._lock:
            if self._open.total() >= self._most or self._open[browser] >= MOST_OF_ONE:
                return False
            self._open[browser] += 1
            return True

    def leave(self, browser: str) -> None:
        """Give the place back."""
        with self._lock:
            self._open[browser] -= 1
            self._open += Counter()  # Forgets those that are at nought.

    def __len__(self) -> int:
        return self._open.total()
