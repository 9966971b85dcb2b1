"""Reading an answer within a total time and a total size, whatever the other side does.

A socket's timeout counts from one receive to the next: an answer dripped byte by byte never runs into it and holds its
thread for as long as the sender likes. The reader here sits between the socket and `http.client` and gives every
receive only what is left of the whole.
"""

import http.client
import io
import socket
import time
from typing import Any

MAX_WIRE_BYTES = 4 * 1024 * 1024
"""Bytes of one answer on the wire, header block and chunk sizes included. The cap on the decoded body lies far below;
this one stops what a body cap cannot see, such as a chunk of negative size, which `http.client` reads to the end."""


class WireLimit(OSError):
    """More bytes arrived for one answer than any answer needs."""


class BoundedReader(io.RawIOBase):
    """The receiving half of a socket until a moment and up to a size."""

    def __init__(self, raw: Any, sock: socket.socket, *, until: float, limit: int) -> None:
        self._raw = raw
        self._sock = sock
        self._until = until
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._until - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer was not complete in time")
        self._sock.settimeout(remaining)
        count: int | None = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise WireLimit("the answer is endless")
        return count

    def close(self) -> None:
        # Closing the inner stream is what lets the socket go: it counts the streams made from it.
        self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """`http.client`'s parser over a `BoundedReader`; the time is the socket's timeout when parsing starts."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        until = time.monotonic() + (sock.gettimeout() or 0)
        super().__init__(sock, debuglevel=debuglevel, method=method, url=url)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(BoundedReader(raw, sock, until=until, limit=MAX_WIRE_BYTES))

    def begin(self) -> None:
        """Reads up to the final header block. `http.client` takes 103 for a final answer and would leave the real one
        on the connection for the next caller. Source: https://www.rfc-editor.org/rfc/rfc9110#section-15.2"""
        super().begin()
        while 101 < self.status < 200:
            self.headers = self.msg = None  # type: ignore[assignment]  # what makes begin() begin again
            super().begin()
