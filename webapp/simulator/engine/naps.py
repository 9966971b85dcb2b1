"""Slowness, in moderation."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .errors import PlatformError

#: Requests of all visitors that may be slow at once.
MOST = 2


class Naps:
    """Sleeps for a few at a time: each sleeper holds a thread of the server that serves everybody else as well."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._places = threading.BoundedSemaphore(MOST)

    def __call__(self, seconds: float) -> None:
        """Sleep. Raises PlatformError 503 when others sleep already: that fails as well, only sooner."""
        if not self._places.acquire(blocking=False):
            raise PlatformError(503, "REQUEST_LIMITED", "Other visitors are waiting for slow answers already.")
        try:
            self._sleep(seconds)
        finally:
            self._places.release()
