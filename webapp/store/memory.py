"""A store for one process: tests, and a first try without a disk."""

import threading
import time
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from .protocol import Charge, Put, outlives_now
from .rooms import ROOMS, room_of, slots

_Ends = list[tuple[float, str]]  # (expires, key), in this order


class MemoryStore:
    """Records in a dictionary, thread-safe and bounded.

    ``now`` returns seconds; the default never jumps, so that setting the computer's clock back does not
    lengthen a lifetime. ``rooms`` bound the records of strangers, to a quarter of ``max_entries`` each at
    most. Beyond ``max_entries`` expired records go first, then those nearest to their end.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        *,
        max_entries: int = 10_000,
        rooms: Mapping[str, int] = ROOMS,
    ) -> None:
        self._now = now
        self._max_entries = max_entries
        self._rooms = {room: min(most, max(1, max_entries // 4)) for room, most in rooms.items()}
        self._ends: dict[str, _Ends] = {room: [] for room in rooms}
        self._used = dict.fromkeys(rooms, 0)  # slots by room
        self._records: dict[str, tuple[float, bytes]] = {}  # key -> (expires, value)
        self._lock = threading.RLock()

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        self.change([Put(key, value, ttl)])

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free."""
        with self._lock:
            return outlives_now(ttl) and self._live(key) is None and self._write(key, value, ttl)

    def replace(self, key: str, value: bytes, ttl: float, seen: bytes | None = None) -> bool:
        """Keep ``value`` only if ``key`` is present, and still holds ``seen`` where that is given."""
        with self._lock:
            if seen is not None and self._live(key) != seen:
                return False
            return self.touch(key, ttl) is not None and self._write(key, value, ttl)

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        with self._lock:
            return self._live(key)

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        with self._lock:
            value = self._live(key)
            self._remove(key)
            return value

    def touch(self, key: str, ttl: float) -> bytes | None:
        """The value, whose record lives ``ttl`` from now."""
        with self._lock:
            if not outlives_now(ttl):
                self._remove(key)
            value = self._live(key)
            if value is not None:
                self._write(key, value, ttl)
            return value

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return self.take(key) is not None

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""
        with self._lock:
            return self._live(key) == value and self.drop(key)

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        """Drop and put several records in one transaction, and `entry` where it is free."""
        with self._lock:
            living = [outlives_now(put.ttl) for put in puts]
            for key in (*drops, *(put.key for put in puts)):
                self._remove(key)
            for put in (put for put, lives in zip(puts, living, strict=True) if lives):
                self._write(*put)
            return entry is None or self.add(*entry)

    def spend(self, charges: Sequence[Charge]) -> float:
        """Charge every bucket, or none; return the seconds until none would overflow."""
        with self._lock:
            now = self._now()
            levels = [max(self._records.get(each.key, (now, b""))[0] - now, 0.0) for each in charges]
            wait = max(level + each.cost - each.most for level, each in zip(levels, charges, strict=True))
            if wait > 0:
                return wait
            self.change([Put(each.key, b"", level + each.cost) for level, each in zip(levels, charges, strict=True)])
            return 0.0

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        """`spend`, and the value under ``key``."""
        with self._lock:
            return self.spend(charges), self._live(key)

    def advice(self) -> list[str]:
        """Memory is for tests: nobody asks."""
        return []

    def census(self) -> dict[str, int]:
        """How many records of each kind there are."""
        with self._lock:
            return dict(Counter(key.partition(":")[0] for key in self._records))

    def probe(self) -> None:
        """Memory is always there."""

    def close(self) -> None:
        """Forget every record."""
        with self._lock:
            for key in list(self._records):
                self._remove(key)

    def _live(self, key: str) -> bytes | None:
        expires, value = self._records.get(key, (0.0, None))
        return value if value is not None and expires > self._now() else None

    def _remove(self, key: str) -> None:
        expires, value = self._records.pop(key, (0.0, None))
        room = room_of(key, self._rooms)
        if value is not None and room:
            del self._ends[room][bisect_left(self._ends[room], (expires, key))]
            self._used[room] -= slots(value)

    def _write(self, key: str, value: bytes, ttl: float) -> bool:
        if key not in self._records and len(self._records) >= self._max_entries:
            self._make_room()
        self._remove(key)
        expires = self._now() + ttl
        self._records[key] = (expires, value)
        room = room_of(key, self._rooms)
        if room:
            insort(self._ends[room], (expires, key))
            self._used[room] += slots(value)
            while self._used[room] > self._rooms[room]:
                self._remove(self._ends[room][0][1])
        return True

    def _make_room(self) -> None:
        now = self._now()
        for key in [key for key, (expires, _) in self._records.items() if expires <= now]:
            self._remove(key)
        while len(self._records) >= self._max_entries:
            self._remove(min(self._records, key=lambda key: self._records[key][0]))
