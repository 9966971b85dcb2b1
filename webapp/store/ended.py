"""PingOne sessions that PingOne has ended: a mark that outlives every session it could concern.

A mark, not a list of our sessions to delete: it cannot miss one that is just being made or renewed by another process.
"""

from .sealed import SealedStore


class Ended:
    """Marks by PingOne session id (`sid`) or subject (`sub`)."""

    def __init__(self, store: SealedStore, lifetime: float) -> None:
        self._store, self._lifetime = store, lifetime

    def mark(self, kind: str, value: str, now: float) -> None:
        """Everything of this `sid` or `sub` that began until now has ended."""
        self._store.put(f"ended-{kind}", value, {"at": now}, self._lifetime)

    def covers(self, sid: str, subject: str, begun: float) -> bool:
        """Return whether a session that began at `begun` is among those that were ended."""
        found = (self._store.get(f"ended-{kind}", value) for kind, value in (("sid", sid), ("sub", subject)) if value)
        return any(mark is not None and begun <= float(mark["at"]) for mark in found)

    def first_time(self, token: str, lifetime: float) -> bool:
        """Return True once for each logout token."""
        return self._store.add("logout-token", token, {}, lifetime)
