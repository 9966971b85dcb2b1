"""Attempts, sessions and locks in the memory of one process: for examples, tests, and servers that are one process."""

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakValueDictionary

from .attempt import LIFETIME, Attempt, Clock
from .pkce import new_token
from .signed_on import SignedOn

_Kept = TypeVar("_Kept")


def _living(kept: tuple[float, _Kept] | None, now: float) -> _Kept | None:
    return kept[1] if kept is not None and kept[0] > now else None


class MemoryAttempts:
    """`Attempts` in a dictionary, the oldest of more than `most` going first. Another process does not see them."""

    def __init__(self, now: Clock, most: int = 10_000) -> None:
        self._now, self._most = now, most
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[float, Attempt]] = {}

    def put(self, attempt: Attempt) -> None:
        """See `Attempts`."""
        now = self._now()
        with self._lock:
            self._kept[attempt.id, attempt.secret] = (now + LIFETIME, attempt)
            # Insertion order is the order of age: what has ended is in front, and so does what must make room.
            while self._kept:
                oldest = next(iter(self._kept))
                if self._kept[oldest][0] > now and len(self._kept) <= self._most:
                    break
                del self._kept[oldest]

    def get(self, id: str, secret: str) -> Attempt | None:
        """See `Attempts`."""
        with self._lock:
            return _living(self._kept.get((id, secret)), self._now())

    def replace(self, attempt: Attempt, seen: Attempt | None = None) -> bool:
        """See `Attempts`."""
        key = attempt.id, attempt.secret
        with self._lock:
            kept = _living(self._kept.get(key), self._now())
            if kept is None or seen not in (None, kept):
                return False
            del self._kept[key]  # It goes to the end, where the youngest are.
            self._kept[key] = (self._now() + LIFETIME, attempt)
            return True

    def take(self, id: str, secret: str) -> Attempt | None:
        """See `Attempts`."""
        with self._lock:
            return _living(self._kept.pop((id, secret), None), self._now())


class _Lock:
    """A lock that can be forgotten when nobody holds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class MemorySessions:
    """Sessions by id, each with its lock and for `lifetime` seconds at most. Another process does not see them, and a
    restart ends them."""

    def __init__(self, now: Clock = time.time, lifetime: float = 8 * 3600) -> None:
        self._now, self._lifetime = now, lifetime
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, SignedOn]] = {}
        self._locks: WeakValueDictionary[str, _Lock] = WeakValueDictionary()

    def begin(self, signed_on: SignedOn, before: str = "") -> str:
        """Return the id of a new session, in place of `before`, which others may know.

        The tokens of `before` are forgotten, not revoked: to give them back, call `end` and `sign_off` first.
        """
        id, now = new_token(32), self._now()
        with self._lock:
            self._kept.pop(before, None)
            self._kept[id] = (now + self._lifetime, signed_on)
            for old in list(self._kept):  # In order of age: the first that lives ends the search.
                if self._kept[old][0] > now:
                    break
                del self._kept[old]
        return id

    def record(self, id: str) -> "MemoryRecord":
        """Return the session as `refreshed` wants it."""
        return MemoryRecord(self, id)

    def lock(self, id: str) -> AbstractContextManager[None]:
        """Return the lock of a session: the same one for all who ask while somebody has it."""
        with self._lock:
            lock = self._locks.get(id)
            if lock is None:
                lock = self._locks[id] = _Lock()
            return lock

    def get(self, id: str) -> SignedOn | None:
        """Return the session with this id; None when there is none."""
        return _living(self._kept.get(id), self._now())

    def replace(self, id: str, renewed: SignedOn) -> bool:
        """Keep a renewed session if it has not ended; False when it has. It ends when it would have."""
        with self._lock:
            kept = self._kept.get(id)
            if kept is None or _living(kept, self._now()) is None:
                return False
            self._kept[id] = (kept[0], renewed)
            return True

    def end(self, id: str) -> SignedOn | None:
        """End a session and return what it held; None when another call was faster."""
        kept = self._kept.pop(id, None)
        return kept[1] if kept else None


@dataclass(frozen=True)
class MemoryRecord:
    """One of `MemorySessions` as a `SessionRecord`."""

    sessions: MemorySessions
    id: str = field(repr=False)

    def load(self) -> SignedOn | None:
        """See `SessionRecord`."""
        return self.sessions.get(self.id)

    def save(self, renewed: SignedOn) -> bool:
        """See `SessionRecord`."""
        return self.sessions.replace(self.id, renewed)

    def end(self) -> None:
        """See `SessionRecord`."""
        self.sessions.end(self.id)
