"""What keeps a provider that is down or slow from taking our threads: a circuit, and a bound on those who wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Condition, Lock

from .errors import CircuitOpen, OriginBusy
from .origin import Origin

SILENT_SECONDS = 30.0


class Circuit:
    """Opens after some failures in a row, lets one call through when the cool-down is over, closes when it succeeds.

    While a provider is down, each sign-on would otherwise hold a thread until its deadline, and the provider would meet
    all of them at the moment it comes back. A failure is "no answer"; an answer with status 500 is an answer.
    """

    def __init__(self, origin: Origin, *, failures: int, cooldown: float, monotonic: Callable[[], float]) -> None:
        """`failures` in a row open it for `cooldown` seconds."""
        self._origin = origin
        self._limit = failures
        self._cooldown = cooldown
        self._monotonic = monotonic
        self._lock = Lock()
        self._failures = 0
        self._opened_at = 0.0
        self._probing = False
        self._answered = False

    def silent(self) -> bool:
        """Whether it is known to give no answer: it is left alone, or has never answered. What is known grows old, or
        nobody would be sent here to find out that the provider is back."""
        with self._lock:
            recent = self._monotonic() - self._opened_at < SILENT_SECONDS
            return recent and self._failures >= (self._limit if self._answered else 1)

    def enter(self) -> bool:
        """Whether this attempt is the one that is let through. To be called before each attempt, and answered by
        exactly one `leave`; raises `CircuitOpen`."""
        with self._lock:
            if self._failures < self._limit:
                return False
            wait = self._opened_at + self._cooldown - self._monotonic()
            if wait > 0 or self._probing:
                raise CircuitOpen(f"{self._origin} is left alone after failures", retry_after=max(wait, 1.0))
            self._probing = True
            return True

    def leave(self, *, probe: bool, answered: bool | None) -> None:
        """How the attempt ended; None when it says nothing about the provider. `probe` is what `enter` returned: a
        call from before the circuit opened, that ends late, admits no second probe."""
        with self._lock:
            if probe:
                self._probing = False
            if answered:
                self._failures, self._answered = 0, True
            elif answered is False:
                self._failures += 1
                self._opened_at = self._monotonic()


class ConcurrencyLimit:
    """Admits a bounded number of calls, so that a slow provider cannot take every thread of the server.

    A burst is allowed to queue for a moment while calls finish. When the oldest call has been out for longer than
    that moment, the provider is slow, queueing would only move the waiting into our threads, and newcomers are turned
    away immediately: pages that need no provider keep their threads.
    """

    def __init__(self, origin: Origin, *, size: int, patience: float, monotonic: Callable[[], float]) -> None:
        """`size` calls at the same time; others wait up to `patience` seconds."""
        self._origin = origin
        self._size = size
        self._patience = patience
        self._monotonic = monotonic
        self._changed = Condition()
        self._tickets = count()
        self._inside: dict[int, float] = {}

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A slot for the length of one attempt; raises `OriginBusy`."""
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
