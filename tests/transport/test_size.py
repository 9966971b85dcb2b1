"""An answer has at most `max_bytes` after decoding, whatever it announces."""

import gzip
import time
import zlib
from itertools import repeat

import pytest

from tests.transport.conftest import get, post
from webapp.transport import ConnectionDropped, MalformedAnswer, NoAnswer, TooLarge

LIMIT = 10_000


def answer(*fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *fields, b"", body])


def announces_a_gigabyte(visit):
    visit.send(answer(b"Content-Length: 1000000000", body=b"x"))
    visit.over.wait(10)


def never_ends(visit):
    visit.send(answer(), *repeat(b"x" * 4096, 1000))
    visit.connection.shutdown(2)


def never_ends_in_chunks(visit):
    visit.send(answer(b"Transfer-Encoding: chunked"), *repeat(b"400\r\n" + b"x" * 1024 + b"\r\n", 100_000))


def has_a_chunk_of_negative_size(visit):
    visit.send(answer(b"Transfer-Encoding: chunked"), b"-1\r\n", *repeat(b"x" * 65536, 1000))


def has_endless_interim_answers(visit):
    visit.send(*repeat(b"HTTP/1.1 100 Continue\r\nA: " + b"x" * 60_000 + b"\r\n\r\n", 1000))


def is_a_gzip_bomb(visit):
    bomb = gzip.compress(b"\0" * 5_000_000)
    visit.send(answer(b"Content-Encoding: gzip", b"Content-Length: %d" % len(bomb), body=bomb))


def is_a_deflate_bomb(visit):
    bomb = zlib.compress(b"\0" * 5_000_000)
    visit.send(answer(b"Content-Encoding: deflate", b"Content-Length: %d" % len(bomb), body=bomb))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (announces_a_gigabyte, TooLarge),
        (never_ends, TooLarge),
        (never_ends_in_chunks, TooLarge),
        (has_a_chunk_of_negative_size, MalformedAnswer),
        (has_endless_interim_answers, TooLarge),
        (is_a_gzip_bomb, TooLarge),
        (is_a_deflate_bomb, TooLarge),
    ],
)
def test_too_much_is_refused(serve, make_transport, script, expected):
    """Not a cut answer; what is left of it does not reach the next caller."""
    fine = answer(b"Content-Length: 2", body=b"{}")
    server = serve(lambda visit: visit.send(fine) if visit.number else script(visit))
    http = make_transport(max_bytes=LIMIT).http()
    with pytest.raises(expected):
        get(http, server.url)
    assert {} == get(http, server.url).object()


def test_too_many_headers_are_refused(serve, make_transport):
    """A thousand header fields are no answer we know what to do with."""
    fields = [b"X-%d: y" % number for number in range(1000)]
    server = serve(lambda visit: visit.send(answer(*fields, b"Content-Length: 0")))
    with pytest.raises(MalformedAnswer):
        get(make_transport().http(), server.url)


def test_twenty_encodings_on_top_of_each_other_are_refused(serve, make_transport):
    """Each layer costs another decoder and may be a bomb."""
    body = b"{}"
    for _ in range(20):
        body = gzip.compress(body)
    fields = (b"Content-Encoding: " + b", ".join([b"gzip"] * 20), b"Content-Length: %d" % len(body))
    server = serve(lambda visit: visit.send(answer(*fields, body=body)))
    with pytest.raises(MalformedAnswer):
        get(make_transport().http(), server.url)


def test_a_body_that_is_not_what_its_encoding_says_is_refused(serve, make_transport):
    """Content-Encoding: gzip over plain JSON."""
    server = serve(lambda visit: visit.send(answer(b"Content-Encoding: gzip", b"Content-Length: 2", body=b"{}")))
    with pytest.raises(MalformedAnswer):
        get(make_transport().http(), server.url)


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress])
def test_an_encoded_answer_up_to_the_limit_is_decoded(serve, make_transport, encode):
    """The cap counts decoded bytes, and exactly that many may come."""
    body = encode(b"x" * LIMIT)
    name = b"gzip" if encode is gzip.compress else b"deflate"
    fields = (b"Content-Encoding: " + name, b"Content-Length: %d" % len(body))
    server, transport = serve(lambda visit: visit.send(answer(*fields, body=body))), make_transport(max_bytes=LIMIT)
    assert b"x" * LIMIT == get(transport.http(), server.url).body
    assert b"gzip, deflate" in server.requests[0].head


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (MalformedAnswer, answer(b"Content-Length: 2", b"Content-Length: 3", body=b"{} ")),
        (MalformedAnswer, answer(b"Content-Length: 2, 3", body=b"{} ")),
        (MalformedAnswer, answer(b"Content-Length: two", body=b"{}")),
        (MalformedAnswer, answer(b"Content-Length: -2", body=b"{}")),
        (MalformedAnswer, answer(b"Content-Length: " + b"9" * 5000, body=b"{}")),
        (MalformedAnswer, answer(b"Content-Length: " + b"0" * 5000 + b"2", body=b"{}")),
        (MalformedAnswer, answer(b"Content-Length: 2", b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n")),
        (MalformedAnswer, answer(b"Transfer-Encoding: gzip, chunked", body=b"2\r\n{}\r\n0\r\n\r\n")),
        (MalformedAnswer, answer(b"Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n")),
        (MalformedAnswer, answer(b"Transfer-Encoding: chunked", body=b"1" * 1_000_000)),
        (MalformedAnswer, b"SSH-2.0-OpenSSH_9.9\r\n"),
        (MalformedAnswer, b"HTTP/3.0 200 OK\r\n\r\n"),
        (MalformedAnswer, b"HTTP/1.1 two OK\r\n\r\n"),
        (ConnectionDropped, b""),
    ],
)
def test_an_unclear_frame_is_refused(serve, make_transport, expected, text):
    """Where two readers could see two ends, we see none; every failure is a `NoAnswer`."""

    def send(visit):
        visit.send(text)
        visit.connection.shutdown(1)

    with pytest.raises(NoAnswer) as failure:
        post(make_transport().http(), serve(send).url)
    assert expected is type(failure.value)


@pytest.mark.parametrize("pieces", [1, 7], ids=["whole", "in pieces"])
@pytest.mark.parametrize(("kilobytes", "taken"), [(90, True), (140, False)])
def test_how_long_a_head_may_be_does_not_depend_on_its_pieces(serve, make_transport, kilobytes, taken, pieces):
    """Ninety cookies of a kilobyte are an answer; a head beyond 128 KB is none, however it arrives."""
    whole = answer(*(b"Set-Cookie: c%d=" % number + b"x" * 1000 for number in range(kilobytes)), b"Content-Length: 0")
    whole = whole if kilobytes <= 90 else answer(b"Set-Cookie: c=" + b"x" * kilobytes * 1000, b"Content-Length: 0")
    size = -(-len(whole) // pieces)

    def script(visit):
        for start in range(0, len(whole), size):
            visit.send(whole[start : start + size])
            time.sleep(0.02)  # So that it is received in pieces too.

    server = serve(script)
    http = make_transport().http()
    if taken:
        assert kilobytes == sum(name.lower() == "set-cookie" for name, _ in get(http, server.url).fields)
    else:
        with pytest.raises(MalformedAnswer):
            get(http, server.url)
