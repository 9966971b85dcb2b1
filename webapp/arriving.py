"""A connection whose next request is gathered before anybody waits for it."""

import errno
import socket
import time
from collections.abc import Callable
from typing import Any

HEAD_SECONDS = 10.0
"""From the first look at a connection to the end of the head; then the body has as long again."""
BODY_SECONDS = 10.0
SEND_SECONDS = 10.0
MOST_HEAD = 65_536  # bytes
MOST_BODY = 65_536  # bytes: MAX_CONTENT_LENGTH of the application
ROOM_TO_SEND = 262_144
"""Bytes of an answer that the kernel keeps for a slow reader. Pages and files are smaller, so a thread that has
written one is free, however slowly it is read."""
_PIECE = 65_536


class Unacceptable(Exception):
    """The request is refused before the application sees it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Arriving(socket.socket):
    """An accepted connection that is read without waiting; `recv` gives out what has come, one request at a time.

    A server thread that reads from a client waits as long as the client likes. Here the thread gets a request whose
    head and body are complete, and after its last byte the end: it never waits for a byte to arrive.
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(fileno=accepted.detach())
        self.setblocking(False)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_TO_SEND)
        self._came = bytearray()
        self.expect()

    def expect(self) -> None:
        """Begin with the next request, in what is there already or in what comes."""
        self.until = time.monotonic() + HEAD_SECONDS
        self._chunked = False
        self._searched = 0
        self._head = 0  # where the head ends, 0 while unknown; `_end` likewise for the request
        self._end = 0
        self.over = False

    @property
    def begun(self) -> bool:
        """Whether something of the next request is there."""
        return bool(self._came)

    def arrived(self) -> bool:
        """Take what has come without waiting; whether a request is complete.

        Raises `Unacceptable`, and OSError when the other side has gone.
        """
        if not self.over and self._complete():
            return True
        try:
            piece = super().recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return False
        if not piece:
            raise ConnectionResetError(errno.ECONNRESET, "closed")
        if self.over:  # Refused: read on, as closing with unread bytes would destroy the answer on its way.
            return False
        self._came += piece
        return self._complete()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What is left of this request, b'' after its end."""
        piece = bytes(self._came[: min(size, self._end)])
        del self._came[: len(piece)]
        self._end -= len(piece)
        return piece

    def setblocking(self, flag: bool) -> None:
        """Writers may wait, but not for ever."""
        self.settimeout(SEND_SECONDS if flag else 0)

    def sendall(self, data: Any, flags: int = 0) -> None:
        _in_time(super().sendall, data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        return int(_in_time(super().sendfile, file, offset, count))

    def _complete(self) -> bool:
        if not self._head:
            found = self._came.find(b"\r\n\r\n", max(0, self._searched - 3))
            if (found if found >= 0 else len(self._came)) > MOST_HEAD:
                raise Unacceptable(431)
            if found < 0:
                self._searched = len(self._came)
                return False
            self._head = self._searched = found + 4
            self._read_head(bytes(self._came[:found]))
            self.until = time.monotonic() + BODY_SECONDS
        if self._chunked and not self._end:
            self._follow_chunks()
        return 0 < self._end <= len(self._came)

    def _read_head(self, head: bytes) -> None:
        """Where the request ends. What two servers could frame in two ways is refused.
        Source: https://www.rfc-editor.org/rfc/rfc9112#section-6.3"""
        fields = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
        said = {name: [value.strip().lower() for key, _, value in fields if key.strip().lower() == name]
                for name in (b"content-length", b"transfer-encoding", b"expect")}  # fmt: skip
        lengths, codings = said[b"content-length"], said[b"transfer-encoding"]
        if len(lengths) + len(codings) > 1 or codings not in ([], [b"chunked"]):
            raise Unacceptable(400)
        length = lengths[0] if lengths else b"0"
        if not length.isdigit():
            raise Unacceptable(400)
        if len(length) > 15 or int(length) > MOST_BODY:
            raise Unacceptable(413)
        self._chunked = bool(codings)
        self._end = 0 if codings else self._head + int(length)
        if b"100-continue" in said[b"expect"] and self._end != self._head and len(self._came) == self._head:
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")  # https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1

    def _follow_chunks(self) -> None:
        """Go as far as there are whole size lines. Source: https://www.rfc-editor.org/rfc/rfc9112#section-7.1"""
        while (line_end := self._came.find(b"\r\n", self._searched, self._searched + 64)) >= 0:
            try:
                size = int(self._came[self._searched : line_end].partition(b";")[0], 16)
            except ValueError:
                raise Unacceptable(400) from None
            if size < 0 or line_end + size > self._head + 2 * MOST_BODY:
                raise Unacceptable(400 if size < 0 else 413)
            if size == 0:  # What follows the last chunk is another block of fields, mostly empty.
                block_end = self._came.find(b"\r\n\r\n", line_end)
                self._end = block_end + 4 if block_end >= 0 else 0
                break
            self._searched = line_end + 2 + size + 2
        if not self._end and len(self._came) > max(self._searched, self._head) + MOST_HEAD:
            raise Unacceptable(413)


def _in_time(send: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return send(*arguments)
    except TimeoutError:  # The server knows this one, and ends the connection without a traceback in the log.
        raise ConnectionResetError(errno.ECONNRESET, "the answer is not being read") from None
