"""A store for one process: tests, and a first try without a disk."""

import threading
import time
from collections.abc import Callable

from .protocol import outlives_now


class MemoryStore:
    """Records in a dictionary, thread-safe and bounded.

    ``now`` returns seconds; the default never jumps, so that setting the computer's clock back does not
    lengthen a lifetime. At ``max_entries`` expired records go first, then those nearest to their end:
    unfinished sign-ons and their stories live for minutes and sessions for longer, so anonymous traffic
    is the first to go.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, *, max_entries: int = 10_000) -> None:
        self._now = now
        self._max_entries = max_entries
        self._records: dict[str, tuple[float, bytes]] = {}  # key -> (expires, value)
        self._lock = threading.Lock()

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        if not outlives_now(ttl):
            self.drop(key)
            return
        with self._lock:
            self._write(key, value, ttl)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free."""
        if not outlives_now(ttl):
            return False
        with self._lock:
            return self._live(key) is None and self._write(key, value, ttl)

    def replace(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is present."""
        if not outlives_now(ttl):
            self.drop(key)
            return False
        with self._lock:
            return self._live(key) is not None and self._write(key, value, ttl)

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        with self._lock:
            return self._live(key)

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        with self._lock:
            value = self._live(key)
            self._records.pop(key, None)
            return value

    def touch(self, key: str, ttl: float) -> bool:
        """Let a present record live ``ttl`` from now."""
        if not outlives_now(ttl):
            self.drop(key)
            return False
        with self._lock:
            value = self._live(key)
            if value is not None:
                self._records[key] = (self._now() + ttl, value)
            return value is not None

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return self.take(key) is not None

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""
        with self._lock:
            if self._live(key) != value:
                return False
            del self._records[key]
            return True

    def ping(self) -> None:
        """Memory is always there."""

    def probe(self) -> None:
        """Memory is always there."""

    def close(self) -> None:
        """Forget every record."""
        with self._lock:
            self._records.clear()

    def _live(self, key: str) -> bytes | None:
        expires, value = self._records.get(key, (0.0, None))
        return value if value is not None and expires > self._now() else None

    def _write(self, key: str, value: bytes, ttl: float) -> bool:
        if key not in self._records and len(self._records) >= self._max_entries:
            self._make_room()
        self._records[key] = (self._now() + ttl, value)
        return True

    def _make_room(self) -> None:
        now = self._now()
        self._records = {key: record for key, record in self._records.items() if record[0] > now}
        while len(self._records) >= self._max_entries:
            del self._records[min(self._records, key=lambda key: self._records[key][0])]
