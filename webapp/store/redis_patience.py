"""Waiting a moment for a Redis that is being restarted."""

import time
from collections.abc import Callable
from typing import TypeVar

import redis

PAUSE = 0.05  # seconds between two attempts
_Answer = TypeVar("_Answer")


class Patience:
    """Repeats what Redis has certainly not done: it refused the connection, or said that it still reads its file.

    Once per outage for at most ``seconds``: later callers get the error without waiting, or the server's threads
    would all be waiting. Any number of threads may use it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._spent = False

    def __call__(self, command: Callable[[], _Answer]) -> _Answer:
        """Do it, again if need be; raises what the last attempt raised."""
        until = 0.0
        while True:
            try:
                answer = command()
            except redis.ConnectionError as error:
                if not _untouched(error):
                    raise
                until = until or time.monotonic() + self._seconds
                if self._spent or time.monotonic() >= until:
                    self._spent = True
                    raise
                time.sleep(PAUSE)
            else:
                self._spent = False
                return answer


def _untouched(error: redis.ConnectionError) -> bool:
    refused = isinstance(error.__context__, ConnectionRefusedError | FileNotFoundError)  # the latter: no unix socket
    return refused or isinstance(error, redis.BusyLoadingError)
