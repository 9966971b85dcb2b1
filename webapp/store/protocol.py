"""What the application asks of a place that keeps short-lived state, and the one way it can fail."""

import math
from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Protocol

TOUCH_SLACK = 30.0  # seconds
PROBE_SECONDS = 1.0
"""How long a probe waits for other writers: a caller that asks whether we are ready wants an answer soon."""


class StoreUnavailable(Exception):
    """The store cannot answer now: nothing was decided, so the caller must not go on as if it had been.

    A store that is down must not look like a store that is empty: "no session" would send a signed-in
    visitor into a sign-on loop, and "no such attempt" would waste an authorization code.

    ``str(error)`` is one sentence for the log; ``hint`` says what an operator can do about it.
    Neither holds a key, a value or a password.
    """

    code: ClassVar[str] = "store_unavailable"
    status: ClassVar[int] = 503

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class StoreFull(StoreUnavailable):
    """There is no room for what was to be written; what is there can be read and removed."""


class Put(NamedTuple):
    """One record to keep under ``key`` for ``ttl`` seconds."""

    key: str
    value: bytes
    ttl: float


class Charge(NamedTuple):
    """What an act costs a leaky bucket, in seconds: a bucket loses one each second and holds ``most`` of them.

    So with a cost of 2 and room for 120, sixty acts pass in a row and then one every two seconds. The level of a
    bucket is the remaining lifetime of an empty record: it needs no value, no clock of its own and no tidying.
    """

    key: str
    cost: float
    most: float


class Store(Protocol):
    """Keys and bytes with a lifetime; every method is atomic across threads and, where shared, processes.

    ``ttl`` is in seconds. A lifetime of zero or less means the record is over already: nothing is kept
    under the key afterwards, and ``add`` and ``replace`` answer False. A lifetime that is not a finite
    number is a ``ValueError``. Every method raises ``StoreUnavailable`` when the store cannot answer.
    """

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free; False leaves the present record as it is."""
        ...

    def replace(self, key: str, value: bytes, ttl: float, seen: bytes | None = None) -> bool:
        """Keep ``value`` only if ``key`` is present, and still holds ``seen`` where that is given.

        This is how a slow request saves what it changed: a session that was signed off in the meantime stays
        away, where ``put`` would bring it back, and what another request has written is not overwritten.
        """
        ...

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        ...

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step: of many simultaneous callers exactly one receives it."""
        ...

    def touch(self, key: str, ttl: float) -> bytes | None:
        """The value, whose record lives ``ttl`` from now; None when there is none. It is not written again.

        A store may leave the record's end where it is if it would move by less than ``touch_slack(ttl)``,
        which spares a write on most page views.
        """
        ...

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        ...

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``.

        A lock's holder may be slower than the lock's lifetime; it must not open the lock that somebody
        else holds by then.
        """
        ...

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        """Drop and put several records in one transaction: all of it is done, or nothing and an error.

        A sign-on ends like this: its session is there together with its story. ``entry`` is put as by ``add``; the
        answer is False if its key was not free, and the rest is done all the same.
        """
        ...

    def spend(self, charges: Sequence[Charge]) -> float:
        """Charge every bucket, or none if one of them would overflow; return the seconds until it would not.

        0.0 means that the charge was made. Processes that share the store count together.
        """
        ...

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        """``spend``, and the value under ``key`` in the same operation: each posted form is counted and looked up."""
        ...

    def advice(self) -> list[str]:
        """What an operator should know about this store although it works: one sentence each, none if all is well.

        For a doctor and for readiness. Raises ``StoreUnavailable`` like every other method.
        """
        ...

    def census(self) -> dict[str, int]:
        """About how many records of each kind there are, the kind being what precedes the colon of a key.

        For those who watch a server. It may count what has just expired, and estimate where counting would be slow.
        """
        ...

    def probe(self) -> None:
        """Write, read and delete a record, within ``PROBE_SECONDS``; raise ``StoreUnavailable`` if that fails.

        Only a write tells a store that keeps records from one that is full or demoted.
        """

    def close(self) -> None:
        """Let go of files and connections; the next call opens them again."""


def outlives_now(ttl: float) -> bool:
    """Whether a record with this lifetime (seconds) is kept at all; ``ValueError`` unless it is finite."""
    if not math.isfinite(ttl):
        raise ValueError(f"a lifetime must be a finite number of seconds, not {ttl}")
    return ttl > 0


def touch_slack(ttl: float) -> float:
    """By how many seconds a touched record may end too early or late: never much of a short lifetime."""
    return min(TOUCH_SLACK, ttl / 20)
