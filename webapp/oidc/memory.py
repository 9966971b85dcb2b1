"""Attempts and locks in the memory of one process: for examples, tests, and servers that are one process."""

import threading
from contextlib import AbstractContextManager
from weakref import WeakValueDictionary

from .attempt import LIFETIME, Attempt, Clock


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
            # Insertion order is the order of age: what has ended stands in front, and so does what must make room.
            while self._kept:
                oldest = next(iter(self._kept))
                if self._kept[oldest][0] > now and len(self._kept) <= self._most:
                    break
                del self._kept[oldest]

    def get(self, id: str, secret: str) -> Attempt | None:
        """See `Attempts`."""
        with self._lock:
            return self._living(self._kept.get((id, secret)))

    def replace(self, attempt: Attempt) -> bool:
        """See `Attempts`."""
        key = attempt.id, attempt.secret
        with self._lock:
            if self._living(self._kept.pop(key, None)) is None:
                return False
            self._kept[key] = (self._now() + LIFETIME, attempt)
            return True

    def take(self, id: str, secret: str) -> Attempt | None:
        """See `Attempts`."""
        with self._lock:
            return self._living(self._kept.pop((id, secret), None))

    def _living(self, kept: tuple[float, Attempt] | None) -> Attempt | None:
        return kept[1] if kept is not None and kept[0] > self._now() else None


class _Lock:
    """A lock that can be forgotten when nobody holds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class MemoryLocks:
    """One lock per session, for `RelyingParty.refreshed`, within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: WeakValueDictionary[str, _Lock] = WeakValueDictionary()

    def of(self, session_id: str) -> AbstractContextManager[None]:
        """Return the lock of a session: the same one for all who ask while somebody has it."""
        with self._lock:
            lock = self._locks.get(session_id)
            if lock is None:
                lock = self._locks[session_id] = _Lock()
            return lock
