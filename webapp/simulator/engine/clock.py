"""A clock that can be set."""

from __future__ import annotations

from collections.abc import Callable


class Clock:
    """Seconds since 1970, as another clock shows them plus ``ahead``."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.ahead = 0.0

    def __call__(self) -> float:
        return self._now() + self.ahead

    def set(self, moment: float) -> None:
        """Show ``moment`` now, and go on from there."""
        self.ahead = moment - self._now()
