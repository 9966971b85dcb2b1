"""A clock that runs faster, the same in every process that is told the same beginning."""

import time
from collections.abc import Callable

BEHIND = 300.0
"""Seconds of the fast clock by which the provider is behind: a moment on a fast clock is long, and no answer of the
provider may seem to come from the future."""


def fast_clock(began: float, speed: float) -> Callable[[], float]:
    """Seconds since 1970 that pass `speed` times as fast since `began`, a time of the real clock."""
    return lambda: faster(time.time(), began, speed)


def faster(moment: float, began: float, speed: float) -> float:
    """What the fast clock shows at a moment of the real one."""
    return began + (moment - began) * speed
