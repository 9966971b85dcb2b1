"""A value from the provider, kept for a while: one fetch for all threads, fresh when possible, old during an outage."""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from .errors import ProviderUnreachable, SignOnError
from .http import HttpClient

T = TypeVar("T")
Fetch = Callable[[HttpClient], T]


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A value and when it was fetched, in seconds of the cache's clock."""

    value: T
    fetched_at: float


class Cached(Generic[T]):
    """Holds one fetched value. Times are seconds of `now`, a clock that counts seconds since 1970, UTC.

    Up to `fresh` seconds the value is served as it is. Up to `stale` it is served while one background thread fetches
    a new one (nobody waits, and an outage is not noticed); with `ask_first` the caller fetches, and gets the old value
    only when the provider does not answer. Beyond that, or with no value, callers wait for one shared fetch.

    At most `waiters` callers wait up to `patience` seconds for another thread's fetch; the others of a crowd wait while
    the fetch is younger than `burst` seconds. More of them would be threads that a silent provider takes from the
    pages that do not need it. Each gets an exception of its own: one object shared by several requests would carry
    what one of them writes into it to all others.
    """

    def __init__(
        self,
        fetch: Fetch[T],
        http: Callable[[], HttpClient],
        now: Callable[[], float],
        *,
        fresh: float = 3600,
        stale: float = 86400,
        cooldown: float = 10,
        ask_first: bool = False,
        waiters: int = 8,
        patience: float = 10,
        burst: float = 1,
    ) -> None:
        self._fetch, self._http, self._now = fetch, http, now
        self._fresh, self._stale, self._cooldown = fresh, stale, cooldown
        self._ask_first, self._waiters, self._patience, self._burst = ask_first, waiters, patience, burst
        self._lock = threading.Lock()
        self._kept: Kept[T] | None = None
        self._flight: Future[T] | None = None
        self._waiting, self._begun = 0, 0.0
        self._tried_at = self._renewed_at = float("-inf")

    def get(self, http: HttpClient | None = None) -> T:
        """Return the value; `http` (a recording client, say) is used if this caller is the one that must fetch.

        Raises what the fetch raises, and `ProviderUnreachable` when too many wait already or the wait is too long.
        """
        kept, now = self._kept, self._now()
        if kept is None or not 0 <= now - kept.fetched_at < self._stale:
            return self._fetch_once(http)
        if now - kept.fetched_at < self._fresh:
            return kept.value
        rested = now - self._tried_at >= self._cooldown
        if self._ask_first and (rested or self._flight is not None):
            with contextlib.suppress(SignOnError):
                return self._fetch_once(http)
        elif rested:
            self._tried_at = now
            threading.Thread(target=self._refresh_quietly, name="metadata", daemon=True).start()
        return kept.value

    def renew(self, seen: T, http: HttpClient | None = None) -> T:
        """Return a value newer than `seen`, fetching at most once per `cooldown` seconds. Raises as `get` does.

        Without the floor, each token with an invented `kid` would cost the provider one request.
        """
        with self._lock:
            kept, now = self._kept, self._now()
            if self._flight is None and kept is not None:
                if kept.value is not seen or 0 <= now - self._renewed_at < self._cooldown:
                    return kept.value
                self._renewed_at = now
        return self._fetch_once(http)

    def _fetch_once(self, http: HttpClient | None) -> T:
        with self._lock:
            flight = self._flight
            if flight is None:
                ours = self._flight = Future[T]()
                self._tried_at, self._begun = self._now(), time.monotonic()
            else:
                patience = self._patience if self._waiting < self._waiters else self._burst
                until = self._begun + patience
                self._waiting += 1
        if flight is not None:
            return self._wait(flight, until)
        try:
            value = self._fetch(http if http is not None else self._http())
        except BaseException as fault:
            self._store(None)
            # The waiters' copy is made now: our caller may write into the exception that it is about to get.
            ours.set_exception(fault.copy() if isinstance(fault, SignOnError) else fault)
            raise
        self._store(Kept(value, self._now()))
        ours.set_result(value)
        return value

    def _wait(self, flight: "Future[T]", until: float) -> T:
        try:
            fault = flight.exception(max(0, until - time.monotonic()))
        except TimeoutError:
            raise ProviderUnreachable("the provider's answer took too long", retry_after=1) from None
        finally:
            with self._lock:
                self._waiting -= 1
        if isinstance(fault, SignOnError):
            raise fault.copy()
        return flight.result()

    def _store(self, kept: Kept[T] | None) -> None:
        with self._lock:
            self._flight = None
            if kept is not None:
                self._kept = kept

    def _refresh_quietly(self) -> None:
        # After a failure the old value stays in service until `stale`; a caller after the cooldown tries again.
        with contextlib.suppress(SignOnError):
            self._fetch_once(None)
