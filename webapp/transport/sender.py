"""The shape of everything that can carry a request: the pool, an application in memory, and what wraps them."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from .answer import Answer


@dataclass
class Attempt:
    """One attempt at a call, on its way down through the senders."""

    until: float
    """The monotonic second at which the whole call, earlier attempts included, must be over."""
    opened_connection: bool = False
    """Set by the sender when it had to open a connection, also when the attempt failed afterwards."""


Sender = Callable[[requests.PreparedRequest, Attempt], Answer]
"""Returns the complete answer or raises a `requests.RequestException`."""


@dataclass(frozen=True)
class Clock:
    """Time and chance, as arguments, so that tests decide about both."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    """Seconds since the epoch, UTC."""
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = lambda: random.uniform(0.05, 0.2)  # noqa: S311 - spreads retries, hides nothing
    """Seconds to wait before a retry, so that many clients of a restarted server do not come back at once."""
