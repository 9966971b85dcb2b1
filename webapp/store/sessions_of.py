"""Which sessions a person has, so that they can be shown and ended from any of them.

An index of records that any store can add and drop in one step: a person has `SLOTS` of them, each with the id of one
session. A list in one record would lose one of two sign-ons at the same moment.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from .sealed import Sealed, SealedStore

KIND = "session-of"
SLOTS = 64
TRIES = 4
"""Slots that a new session looks at. With many sessions of one person an older one may leave the index, and live on."""


class SessionsOf:
    """The index. `lifetime`: seconds that a session may live at most."""

    def __init__(self, store: SealedStore, lifetime: float) -> None:
        self._store, self._lifetime = store, lifetime

    def entry(self, subject: str, id: str, now: float) -> tuple[int, Sealed]:
        """Return a slot for a session, and its entry there: it is put together with the session if the slot is free."""
        slot = secrets.randbelow(SLOTS)
        return slot, (KIND, _key(subject, slot), {"id": id, "at": now}, self._lifetime)

    def enter(self, subject: str, id: str, now: float, taken: int) -> int:
        """Enter a session in a slot after the one that is taken, and return which. Raises `StoreUnavailable`."""
        entry = {"id": id, "at": now}
        tried = [(taken + number) % SLOTS for number in range(1, TRIES + 1)]
        for slot in tried:
            if self._store.add(KIND, _key(subject, slot), entry, self._lifetime):
                return slot
        slot = min(tried, key=lambda each: self._age(subject, each))
        self._store.put(KIND, _key(subject, slot), entry, self._lifetime)
        return slot

    def leave(self, subject: str, id: str, slot: Any) -> None:
        """Forget a session that has ended, unless its slot is another one's by now."""
        if isinstance(slot, int) and (self._store.get(KIND, _key(subject, slot)) or {}).get("id") == id:
            self._store.drop(KIND, _key(subject, slot))

    def ids(self, subject: str) -> Iterator[str]:
        """Yield the ids that were entered; sessions that ended by themselves may be among them."""
        for slot in range(SLOTS):
            entry = self._store.get(KIND, _key(subject, slot))
            if entry is not None:
                yield str(entry["id"])

    def _age(self, subject: str, slot: int) -> float:
        """When the session in a slot began; 0 for one that is over."""
        entry = self._store.get(KIND, _key(subject, slot))
        return float(entry["at"]) if entry and self._store.get("session", str(entry["id"])) else 0.0


def _key(subject: str, slot: int) -> str:
    return f"{subject}\n{slot}"
