"""Sign-ons that have begun and not ended: one sealed record per attempt, bound to one browser, taken once.

Nothing of an attempt is in the session: there is no session before sign-on, so there is nothing to fixate, and
two tabs that sign on at once do not disturb each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .sealed import SealedStore

LIFETIME = 900
"""Seconds; PingOne forgets an unfinished flow after the same 15 minutes."""
KIND = "attempt"

Browser = Mapping[str, str]
"""The attempts a browser says it began: handle -> secret, read from its cookies."""


@dataclass(frozen=True)
class PendingSignOn:
    """One attempt. `handle` is public (it is in URLs); who also knows the browser's secret finds the record."""

    handle: str
    mode: str
    trace: str
    begun_at: float
    return_to: str = ""
    clicked: bool = True
    """Begun by a click in this browser on a page of ours, or by its address bar; not by another site's navigation."""
    state: str = field(default="", repr=False)
    nonce: str = field(default="", repr=False)
    verifier: str = field(default="", repr=False)
    ask: Mapping[str, Any] = field(default_factory=dict)
    flow: Mapping[str, Any] | None = field(default=None, repr=False)
    """The flow as PingOne last told it, where our server drives it."""
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """PingOne's cookies, `ST` among them: they leave this record for PingOne's origin only."""


class PendingSignOns:
    """The attempts in a store. The key is made of handle and browser secret.

    A link scanner or another browser that opens the callback lacks the secret: it finds nothing, and uses nothing up.
    """

    def __init__(self, store: SealedStore) -> None:
        self._store = store

    def put(self, attempt: PendingSignOn, secret: str) -> None:
        """Keep a new attempt for `LIFETIME` seconds."""
        self._store.put(KIND, _id(attempt.handle, secret), vars(attempt), LIFETIME)

    def update(self, attempt: PendingSignOn, secret: str) -> bool:
        """Keep what a step changed, for another `LIFETIME`; False when the attempt was finished meanwhile."""
        return self._store.replace(KIND, _id(attempt.handle, secret), vars(attempt), LIFETIME)

    def get(self, handle: str, browser: Browser) -> PendingSignOn | None:
        """Look at an attempt of this browser without using it up."""
        return _attempt(self._store.get(KIND, _id(handle, browser[handle]))) if handle in browser else None

    def adopt(self, handle: str, browser: Browser) -> bool:
        """Answer with True once for each attempt: a flow that PingOne sent to our page is taken over."""
        return self._store.add("adopted", _id(handle, browser[handle]), {}, LIFETIME)

    def take(self, handle: str, browser: Browser) -> PendingSignOn | None:
        """Use an attempt up: of two callers one gets it."""
        return _attempt(self._store.take(KIND, _id(handle, browser[handle]))) if handle in browser else None


def _id(handle: str, secret: str) -> str:
    return f"{handle}\n{secret}"


def _attempt(record: Mapping[str, Any] | None) -> PendingSignOn | None:
    try:
        return PendingSignOn(**record) if record is not None else None
    except TypeError:
        return None  # Written by another release: the visitor begins again.
