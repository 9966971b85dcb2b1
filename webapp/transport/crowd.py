"""How many calls may wait for one provider at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Condition

from .errors import OriginBusy
from .origin import Origin


class Crowd:
    """Admits a bounded number of calls, so that a slow provider cannot take every thread of the server.

    A burst is allowed to queue for a moment while calls finish. When the oldest call has been out for longer than
    that moment, the provider is slow, queueing would only move the waiting into our threads, and newcomers are turned
    away at once: pages that need no provider keep their threads.
    """

    def __init__(self, origin: Origin, *, size: int, patience: float, monotonic: Callable[[], float]) -> None:
        """`size` calls at once; others wait up to `patience` seconds."""
        self._origin = origin
        self._size = size
        self._patience = patience
        self._monotonic = monotonic
        self._changed = Condition()
        self._tickets = count()
        self._inside: dict[int, float] = {}

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for the length of one attempt; raises `OriginBusy`."""
        with self._changed:
            give_up = self._monotonic() + self._patience
            while len(self._inside) >= self._size:
                oldest = next(iter(self._inside.values()))
                wait = min(give_up, oldest + self._patience) - self._monotonic()
                if wait <= 0:
                    raise OriginBusy(f"too many calls are waiting for {self._origin}", retry_after=1.0)
                self._changed.wait(wait)
            ticket = next(self._tickets)
            self._inside[ticket] = self._monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._inside[ticket]
                self._changed.notify()
