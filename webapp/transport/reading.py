"""Reading one HTTP/1.1 answer within a total time and a total size, whatever the other side does.

`http.client` and urllib3 count a timeout from one receive to the next, so that an answer dripped byte by byte holds
its thread for as long as its sender likes; they use the first of two lengths, ignore one that they cannot read, and
read a chunk of negative size to the end. Correcting that from outside took more code than reading it here, and two
thirds of the work in `http.client` is a parser of e-mail headers. What is not plain HTTP/1.1 is refused, never guessed.
"""

import re
import socket
import time
import zlib

from webapp.oidc.http import Answer, Fields

from .call import Head, Try
from .errors import ConnectionDropped, MalformedAnswer, TooLarge

MAX_WIRE_BYTES = 4 * 1024 * 1024
"""Bytes of one answer on the wire: header block, interim answers and chunk sizes included."""
MAX_HEAD_BYTES = 131_072
"""A proxy in front of the provider may add many cookies; ninety of a kilobyte each are still an answer."""
MAX_FIELDS = 100
_PIECE = 65_536
_STATUS_LINE = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([^\r\n\0]*))?")
_FIELD = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\r\n\0]*)\r\n", re.MULTILINE)
_FOLD = re.compile(r"\r\n[ \t]+")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_LENGTH = re.compile(r"[0-9]{1,15}")  # Python refuses to make a number of thousands of digits, with a ValueError.


class Incoming:
    """The receiving half of a connection: each answer on it until a moment and up to a size."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self._until, self._left = 0.0, 0

    @property
    def left_over(self) -> bool:
        """Whether bytes arrived that belong to no answer: the next request must not find its answer in them."""
        return bool(self._buffer)

    def begin(self, until: float, limit: int = MAX_WIRE_BYTES) -> None:
        """Start an answer that must be complete at `until`, a second of `time.monotonic`."""
        self._until, self._left = until, limit

    def receive(self) -> bool:
        """Wait for more, as long as there is time; False when the other side has closed."""
        remaining = self._until - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer was not complete in time")
        self._sock.settimeout(remaining)
        piece = self._sock.recv(_PIECE)
        self._left -= len(piece)
        if self._left < 0:
            raise TooLarge("the answer does not end")
        self._buffer += piece
        return bool(piece)

    def up_to(self, mark: bytes, most: int, begins: bytes = b"") -> bytes:
        """Return the bytes up to and with `mark`, `most` of them before it; they are to begin with `begins`."""
        searched = 0
        while (found := self._buffer.find(mark, searched)) < 0 and len(self._buffer) <= most:
            searched = max(0, len(self._buffer) - len(mark) + 1)
            self._must_begin(begins)
            self._more()
        # Compared in both cases: what is too long must not depend on the pieces in which it arrives.
        if not 0 <= found <= most:
            raise MalformedAnswer("the answer has a line or a header block that is too long")
        self._must_begin(begins)
        return self._take(found + len(mark))

    def exactly(self, count: int) -> bytes:
        """Return that many bytes."""
        while len(self._buffer) < count:
            self._more()
        return self._take(count)

    def to_the_end(self, most: int) -> bytes:
        """Return everything until the other side closes."""
        while len(self._buffer) <= most and self.receive():
            pass
        if len(self._buffer) > most:
            raise TooLarge(f"the answer is larger than {most} bytes")
        return self._take(len(self._buffer))

    def _must_begin(self, begins: bytes) -> None:
        if not begins.startswith(self._buffer[: len(begins)]):
            raise MalformedAnswer("the answer is not HTTP/1")

    def _more(self) -> None:
        if not self.receive():
            raise ConnectionDropped("the connection was closed in the middle of an answer")

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken


def read_answer(incoming: Incoming, method: str, max_bytes: int, attempt: Try) -> tuple[Answer, bool]:
    """Return the answer and whether the connection may be used again.

    Raises `MalformedAnswer`, `TooLarge` for more than `max_bytes` before or after decoding, `ConnectionDropped`, and
    what the socket raises.
    """
    head, persistent = read_head(incoming)
    attempt.head = head
    named = [(name.lower(), value) for name, value in head.fields]
    length, chunked = framing(named)
    if method == "HEAD" or head.status in (204, 304):
        body = b""
    elif chunked:
        body = _read_chunks(incoming, max_bytes)
    elif length is None:
        body, persistent = incoming.to_the_end(max_bytes), False
    elif length > max_bytes:
        raise TooLarge(f"the answer announces more than {max_bytes} bytes")
    else:
        body = incoming.exactly(length)
    codings = ",".join([value for name, value in named if name == "content-encoding"]).strip().lower()
    if body and codings not in ("", "identity"):
        body = _decoded(body, codings, max_bytes)
    closes = "close" in ",".join([value for name, value in named if name == "connection"]).lower()
    return Answer(head.status, head.fields, body), persistent and not closes and not incoming.left_over


def read_head(incoming: Incoming) -> tuple[Head, bool]:
    """Read up to the final header block: 100 and 103 precede the answer, and must not be found in its place.

    https://www.rfc-editor.org/rfc/rfc9110#section-15.2
    """
    while True:
        block = incoming.up_to(b"\r\n\r\n", MAX_HEAD_BYTES, begins=b"HTTP/1.").decode("latin-1")
        line, _, lines = block[:-2].partition("\r\n")
        found = _STATUS_LINE.fullmatch(line)
        # https://www.rfc-editor.org/rfc/rfc9112#section-5.2
        lines = _FOLD.sub(" ", lines)
        pairs = _FIELD.findall(lines)
        # A line that is no field is refused: readers differ in where they then see the end of the header block.
        if found is None or len(pairs) != lines.count("\n") or len(pairs) > MAX_FIELDS:
            raise MalformedAnswer("the answer has a status line or a header block that is not HTTP")
        version, status, reason = found.groups()
        if status[0] != "1":
            fields: Fields = tuple([(name, value.strip(" \t")) for name, value in pairs])
            return Head(int(status), reason or "", fields), version == "1"
        if status == "101":
            raise MalformedAnswer("the answer changes to a protocol that nobody asked for")


def framing(named: list[tuple[str, str]]) -> tuple[int | None, bool]:
    """Return the length of the body, None when it says none, and whether the body is chunked.

    Header blocks that two readers could frame in two ways are refused; raises `MalformedAnswer`. Names are lower case.
    https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    """
    lengths = {value.strip(" \t") for name, value in named if name == "content-length"}
    codings = [value.strip().lower() for name, value in named if name == "transfer-encoding"]
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise MalformedAnswer("the answer has no single readable Content-Length")
    if codings and codings != ["chunked"]:
        raise MalformedAnswer("the answer uses an unknown transfer coding")
    if codings and lengths:
        raise MalformedAnswer("the answer has both a Content-Length and a transfer coding")
    return int(lengths.pop()) if lengths else None, bool(codings)


def _read_chunks(incoming: Incoming, most: int) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc9112#section-7.1"""
    body = bytearray()
    while True:
        size_line = _CHUNK_SIZE.fullmatch(incoming.up_to(b"\r\n", 1024))
        if size_line is None:
            raise MalformedAnswer("the answer has a chunk without a size")
        size = int(size_line[1], 16)
        if len(body) + size > most:
            raise TooLarge(f"the answer is larger than {most} bytes")
        if not size:
            break
        chunk = incoming.exactly(size + 2)
        if not chunk.endswith(b"\r\n"):
            raise MalformedAnswer("the answer has a chunk that is longer than its size")
        body += chunk[:-2]
    while incoming.up_to(b"\r\n", MAX_HEAD_BYTES) != b"\r\n":
        pass  # A trailer field says nothing that we would read.
    return bytes(body)


def _decoded(body: bytes, coding: str, most: int) -> bytes:
    """Undo the content coding. 0.2 MB of gzip can hold 200 MB, so no more than `most` bytes are ever decoded."""
    if coding in ("gzip", "x-gzip"):
        decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    elif coding == "deflate":
        # Some send it without the frame of zlib (https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2).
        framed = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        decoder = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
    else:
        raise MalformedAnswer("the answer uses content codings that were not asked for")
    try:
        decoded = decoder.decompress(body, most + 1)
    except zlib.error:
        raise MalformedAnswer("the answer is not what its content coding says") from None
    if len(decoded) > most:
        raise TooLarge(f"the answer is larger than {most} bytes")
    if not decoder.eof or decoder.unused_data:
        raise MalformedAnswer("the answer is not what its content coding says")
    return decoded
