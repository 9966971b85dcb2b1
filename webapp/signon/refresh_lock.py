"""The lock of one session's refresh, in the store: one holder among all threads and processes."""

from collections.abc import Callable

from ..oidc.errors import TokenRefused
from ..store.sealed import SealedStore
from .signed_in import SessionRecord, SignedIn

PATIENCE = 12
"""Seconds that a request waits for another one's refresh of the same session."""
PAUSE = 0.05


class RefreshLock:
    """`with` waits until it is held, or until waiting is of no use: the session has ended, or has been renewed.

    A holder that died after saving would otherwise keep the others waiting for what is there already.
    """

    def __init__(
        self, store: SealedStore, record: SessionRecord, seen: SignedIn, seconds: float, wait: Callable[[float], None]
    ) -> None:
        """`seconds` until the lock ends under a holder that has died."""
        self._store, self._record, self._seen = store, record, seen
        self._seconds, self._wait = seconds, wait
        self._key: str | None = None

    def __enter__(self) -> None:
        """Raises `TokenRefused` when another refresh does not end, `StoreUnavailable`."""
        for _ in range(int(PATIENCE / PAUSE)):
            self._key = self._store.lock("refresh", self._record.id, self._seconds)
            if self._key is not None or self._in_vain():
                return
            self._wait(PAUSE)
        raise TokenRefused("another refresh of this session has not ended", status=503, retry_after=PATIENCE)

    def _in_vain(self) -> bool:
        stored = self._record.load()
        return stored is None or stored.access_token != self._seen.access_token

    def __exit__(self, *_: object) -> None:
        if self._key is not None:
            self._store.unlock("refresh", self._record.id, self._key)
