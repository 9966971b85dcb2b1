"""One answer, byte by byte: what is plain HTTP/1.1 is understood, and nothing else is."""

import gzip
import socket
import time
import zlib

import pytest

from webapp.oidc.http import Answer
from webapp.transport import ConnectionDropped, MalformedAnswer, TooLarge
from webapp.transport.call import Try
from webapp.transport.reading import Incoming, read_answer

LIMIT = 1000


def read(text: bytes, method: str = "GET", closed: bool = True) -> tuple[Answer, bool]:
    """Read what a server sent; `closed`: it has hung up since."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(text)
        if closed:
            far.shutdown(socket.SHUT_WR)
        incoming = Incoming(near)
        incoming.begin(time.monotonic() + (5 if closed else 0.1))
        return read_answer(incoming, method, LIMIT, Try())


def ok(*fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *fields, b"", body])


def coded(coding: bytes, body: bytes) -> bytes:
    return ok(b"Content-Encoding: " + coding, b"Content-Length: %d" % len(body), body=body)


def raw_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


@pytest.mark.parametrize(
    ("text", "expected", "again"),
    [
        (ok(b"Content-Length: 2", body=b"{}"), b"{}", True),
        (ok(b"Content-Length: 0"), b"", True),
        (ok(b"content-length:2", body=b"{}"), b"{}", True),
        (ok(b"Content-Length: 2", b"Connection: close", body=b"{}"), b"{}", False),
        (ok(b"Content-Length: 2", b"Connection: Keep-Alive, Close", body=b"{}"), b"{}", False),
        (ok(b"Content-Length: 2", b"X-Connection: close", body=b"{}"), b"{}", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"{}", False),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", b"{}", True),
        (ok(body=b"{}"), b"{}", False),
        (ok(b"Content-Length: 2", body=b"{}HTTP/1.1 200 OK\r\n\r\n"), b"{}", False),
        (ok(b"Transfer-Encoding: chunked", body=b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n"), b"{}", True),
        (ok(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\nA: b\r\nC: d\r\n\r\n"), b"{}", True),
        (ok(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\nX"), b"{}", False),
        (coded(b"gzip", gzip.compress(b"{}", mtime=0)), b"{}", True),
        (coded(b"X-GZIP", gzip.compress(b"{}", mtime=0)), b"{}", True),
        (coded(b"identity", b"{}"), b"{}", True),
        (coded(b"deflate", zlib.compress(b"{}")), b"{}", True),
        (coded(b"deflate", raw_deflate(b"{}")), b"{}", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"Content-Length: 2", body=b"{}"), b"{}", True),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", b"", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b"", True),
        (coded(b"gzip", b""), b"", True),
    ],
)
def test_an_answer_ends_where_it_says(text: bytes, expected: bytes, again: bool) -> None:
    """Its body, and whether the next request may go over the same connection: not with bytes left that nobody read."""
    answer, persistent = read(text)
    assert (expected, again) == (answer.body, persistent)


def test_an_answer_to_head_has_no_body() -> None:
    """Whatever length it announces."""
    assert (b"", True) == (read(ok(b"Content-Length: 5"), "HEAD")[0].body, read(ok(b"Content-Length: 5"), "HEAD")[1])


def test_fields_stay_apart_and_in_order() -> None:
    """A name as it was written, a value without the space around it, a folded one on one line."""
    answer, _ = read(
        ok(b"Set-Cookie: a=1", b"X-A:\t b \t", b"Set-Cookie:  b=2;\r\n\t Path=/", b"Empty:", b"Content-Length: 0")
    )
    expected = (
        ("Set-Cookie", "a=1"),
        ("X-A", "b"),
        ("Set-Cookie", "b=2; Path=/"),
        ("Empty", ""),
        ("Content-Length", "0"),
    )
    assert expected == answer.fields


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 099 Low\r\n\r\n",
        b"HTTP/1.1 1000 High\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.2 200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\nA: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: first\r\n\r\n",
        ok(b"A b: c"),
        ok(b"A : c"),
        ok(b": c"),
        ok(b"no colon"),
        ok(b"A: b\nC: d"),
        ok(b"A: b\rC: d"),
        ok(b"A: b\0c"),
        ok(*(b"A: b" for _ in range(101))),
        ok(b"A: " + b"b" * 140_000),
        ok(b"Transfer-Encoding: chunked", body=b"-1\r\n{}\r\n0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"2 2\r\n{}\r\n0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"0x2\r\n{}\r\n0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"1\r\n{}\r\n0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"1\r\n{}X0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"000000002\r\n{}\r\n0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"2;" + b"x" * 2000 + b"\r\n{}\r\n0\r\n\r\n"),
        coded(b"gzip", gzip.compress(b"{}", mtime=0)[:-1]),
        coded(b"gzip", gzip.compress(b"{}", mtime=0) + b"more"),
        coded(b"gzip", zlib.compress(b"{}")),
        coded(b"deflate", b"{}"),
        coded(b"br", b"{}"),
        coded(b"gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0)),
    ],
)
def test_what_is_not_plain_http_is_refused(text: bytes) -> None:
    """Rather refused than read in one of two ways."""
    with pytest.raises(MalformedAnswer):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        ok(b"Content-Length: 2", body=b"{"),
        ok(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\nA: b\r\n"),
        ok(b"Transfer-Encoding: chunked", body=b"2\r\n{"),
    ],
)
def test_half_an_answer_is_none(text: bytes) -> None:
    """The connection was closed before the end."""
    with pytest.raises(ConnectionDropped):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        ok(b"Content-Length: %d" % (LIMIT + 1), body=b"x" * (LIMIT + 1)),
        ok(body=b"x" * (LIMIT + 1)),
        ok(b"Transfer-Encoding: chunked", body=b"3e9\r\n" + b"x" * (LIMIT + 1) + b"\r\n0\r\n\r\n"),
        ok(b"Transfer-Encoding: chunked", body=(b"1f4\r\n" + b"x" * 500 + b"\r\n") * 2 + b"1\r\nx\r\n0\r\n\r\n"),
        coded(b"gzip", gzip.compress(b"x" * (LIMIT + 1), mtime=0)),
        coded(b"deflate", raw_deflate(b"x" * (LIMIT + 1))),
    ],
)
def test_one_byte_too_many_is_too_many(text: bytes) -> None:
    """Of every way to send a body."""
    with pytest.raises(TooLarge):
        read(text)


def test_what_does_not_begin_as_http_is_refused_before_its_end() -> None:
    """A server of another protocol greets and then waits for us."""
    with pytest.raises(MalformedAnswer):
        read(b"SSH-2.0-OpenSSH_9.9\r\n", closed=False)
