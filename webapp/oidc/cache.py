"""A value from PingOne, kept for a while: one fetch for all threads, fresh when possible, old when PingOne is down."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

import requests

from .errors import SignOnError

T = TypeVar("T")
Fetch = Callable[[requests.Session], T]


@dataclass(frozen=True)
class Kept(Generic[T]):
    value: T
    fetched_at: float


class Cached(Generic[T]):
    """Holds one fetched value. Times are seconds of `now`.

    Up to `fresh` the value is served as it is; up to `stale` it is served while one background thread fetches a
    new one (so nobody waits, and an outage at PingOne is not noticed); beyond that, or with no value, callers
    wait for one shared fetch and share its failure.
    """

    def __init__(
        self,
        fetch: Fetch[T],
        http: Callable[[], requests.Session],
        now: Callable[[], float],
        *,
        fresh: float = 3600,
        stale: float = 86400,
        cooldown: float = 10,
    ) -> None:
        self._fetch, self._http, self._now = fetch, http, now
        self._fresh, self._stale, self._cooldown = fresh, stale, cooldown
        self._lock = threading.Lock()
        self._kept: Kept[T] | None = None
        self._flight: Future[T] | None = None
        self._tried_at = self._renewed_at = float("-inf")

    def get(self, http: requests.Session | None = None) -> T:
        """Return the value; `http` (a recording session, say) is used if this caller is the one that must fetch."""
        kept, now = self._kept, self._now()
        if kept is None or not 0 <= now - kept.fetched_at < self._stale:
            return self._fly(http)
        if now - kept.fetched_at >= self._fresh and now - self._tried_at >= self._cooldown:
            self._tried_at = now
            threading.Thread(target=self._refresh_quietly, name="metadata", daemon=True).start()
        return kept.value

    def renew(self, seen: T, http: requests.Session | None = None) -> T:
        """Return a value newer than `seen`, fetching at most once per `cooldown` seconds.

        Without the floor, each token with an invented `kid` would cost PingOne one request.
        """
        with self._lock:
            kept, now = self._kept, self._now()
            if self._flight is None and kept is not None:
                if kept.value is not seen or 0 <= now - self._renewed_at < self._cooldown:
                    return kept.value
                self._renewed_at = now
        return self._fly(http)

    def _fly(self, http: requests.Session | None) -> T:
        with self._lock:
            flight = self._flight
            ours = flight is None
            if flight is None:
                flight = self._flight = Future()
        if not ours:
            return flight.result()
        self._tried_at = self._now()
        try:
            value = self._fetch(http if http is not None else self._http())
        except BaseException as fault:
            self._land(None)
            flight.set_exception(fault)
            raise
        self._land(Kept(value, self._now()))
        flight.set_result(value)
        return value

    def _land(self, kept: Kept[T] | None) -> None:
        with self._lock:
            self._flight = None
            if kept is not None:
                self._kept = kept

    def _refresh_quietly(self) -> None:
        # After a failure the old value stays in service until `stale`; a caller after the cooldown tries again.
        with contextlib.suppress(SignOnError):
            self._fly(None)
