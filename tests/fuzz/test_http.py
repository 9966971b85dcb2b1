"""Any bytes at all where an HTTP answer should be: an answer, or a refusal of the transport, and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.anything import HOSTILE, LATIN
from tests.fuzz.profile import PURE
from webapp.oidc.http import Request
from webapp.transport import Clock, NoAnswer, Transport

LARGEST = 5000
STATUS_LINES = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/1.1 204 No", b"HTTP/1.1 304 No",
     b"HTTP/1.1 100 Go", b"HTTP/1.1 103 Hints", b"HTTP/1.1 101 Switch", b"HTTP/1.1 099 Low",
     b"HTTP/1.1 1000 High", b"HTTP/1.1 -1 OK",
     b"HTTP/2 200 OK", b"HTTP/1.1  200 OK", b"http/1.1 200 ok", b"ICY 200 OK", b"\x16\x03\x01\x02", b""]
) | st.binary(max_size=40)  # fmt: skip
NAMES = st.sampled_from(
    ["Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Set-Cookie", "Location",
     "Retry-After", "Date", "Trailer", "X" * 5000, "", " ", "\x00"]
) | LATIN  # fmt: skip
VALUES = (
    st.sampled_from(
        ["0", "2", "3", "-2", "+2", "2, 2", " 2", "0x2", "1e3", "\xb2", "9" * 5000, "0" * 5000 + "2", "chunked", "gzip",
         "gzip, chunked", "identity", "deflate", "br", "close", "keep-alive", "text/html; charset=utf-7", "a=b; Path=/"]
    )
    | HOSTILE.map(lambda text: text.encode("latin-1", "replace").decode("latin-1"))
    | LATIN
)  # fmt: skip
BODIES = (
    st.sampled_from(
        [b"", b"{}", b"2\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n", b"f" * 40 + b"\r\n", b"2;x=" + b"y" * 5000,
         b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"x" * (LARGEST + 1)]
    )
    | st.binary(max_size=200)
)  # fmt: skip


class Parrot:
    """Answers every connection with `words` and hangs up."""

    def __init__(self) -> None:
        self.words = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """No more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(self.words)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65_536)  # Until the other side has read it: a reset would take the answer away.


@pytest.fixture(scope="module")
def parrot() -> Iterator[Parrot]:
    """Somebody who says whatever a test wants."""
    parrot = Parrot()
    yield parrot
    parrot.close()


@PURE
@given(STATUS_LINES, st.lists(st.tuples(NAMES, VALUES), max_size=5), BODIES, st.sampled_from(["GET", "POST"]))
def test_any_answer_is_one_or_is_refused(parrot: Parrot, line: bytes, fields: list, body: bytes, method: str) -> None:
    """An answer is complete and no larger than it may be; everything else is a `NoAnswer`."""
    head = [line, *(f"{name}: {value}".encode("latin-1") for name, value in fields), b"", b""]
    parrot.words = b"\r\n".join(head) + body
    clock = Clock(sleep=lambda seconds: None)  # Before a second try nobody has to wait here.
    transport = Transport(allowed_origins=None, deadline=2.0, max_bytes=LARGEST, clock=clock)
    with closing(transport), suppress(NoAnswer):
        assert len(transport.http().exchange(Request(method, parrot.url)).body) <= LARGEST
