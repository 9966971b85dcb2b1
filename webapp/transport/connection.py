"""urllib3's connections, opened and read within bounds."""

import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
)

from .bounded import BoundedResponse
from .dial import dial

MAX_IDLE = 55.0
"""Seconds after which a kept connection is not trusted any more. Load balancers drop idle connections after a minute,
some without a word, and a POST that goes into the void cannot be repeated."""


class _Bounded(HTTPConnection):
    """What both schemes share. urllib3 hands the time for connecting over as `timeout`; name lookup, TCP and TLS use it
    up together. The time for the answer follows the same way, and `BoundedResponse` spends it."""

    def __init__(self, *args: Any, opened: Callable[[], None], **options: Any) -> None:
        """`opened` is called whenever this object starts to open a connection."""
        super().__init__(*args, **options)
        self._opened = opened
        self._used_at = time.monotonic()
        self._answer: BoundedResponse | None = None
        self.response_class = self._begin_answer  # type: ignore[assignment]

    def _begin_answer(self, *args: Any, **options: Any) -> BoundedResponse:
        self._answer = BoundedResponse(*args, **options)
        return self._answer

    def _new_conn(self) -> socket.socket:
        self._opened()
        try:
            sock = dial(self._dns_host, self.port, timeout=float(self.timeout or 0))
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except UnicodeError as error:
            raise LocationParseError(f"{self.host!r}: label empty or too long") from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error
        for option in self.socket_options or ():
            sock.setsockopt(*option)
        return sock

    def getresponse(self) -> Any:
        response = None
        try:
            response = super().getresponse()
        finally:
            if response is None and self._answer is not None:
                # urllib3 refuses some headers after it has begun to read, and leaves the socket to chance.
                self._answer.close()
            self._answer = None
        self._used_at = time.monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        """Whether the pool may use this connection again; it closes the others and opens a new one in their place."""
        return super().is_connected and time.monotonic() - self._used_at < MAX_IDLE


class _BoundedTLS(_Bounded, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Bounded


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTLS


def pool_classes(opened: Callable[[], None]) -> dict[str, Any]:
    """For `PoolManager.pool_classes_by_scheme`. `opened` is called, in the calling thread, for each new connection."""
    return {"http": partial(_Pool, opened=opened), "https": partial(_TLSPool, opened=opened)}
