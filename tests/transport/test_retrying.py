"""A second try where it can do no harm, never more, never late."""

import socket
import struct

import pytest

from tests.transport.conftest import get, post
from webapp.transport import Clock, ConnectionDropped

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def naps() -> list[float]:
    """What was slept, without sleeping."""
    return []


@pytest.fixture
def clock(naps) -> Clock:
    return Clock(now=lambda: 1_000_000.0, sleep=naps.append, jitter=lambda: 0.125)


def status(code: int, *fields: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {code} Whatever", *fields, "Content-Length: 0", "", ""]).encode("latin-1")


def hang_up(visit):
    visit.connection.shutdown(2)


def reset(visit):
    visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.connection.close()


def reset_in_the_body(visit):
    visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")
    visit.connection.shutdown(2)


def first(script):
    """The script for the first request, a good answer for the others."""
    return lambda visit: visit.send(OK) if visit.number else script(visit)


@pytest.mark.parametrize(
    "script",
    [
        hang_up,
        reset,
        reset_in_the_body,
        *(lambda visit, code=code: visit.send(status(code)) for code in (502, 503, 504)),
    ],
    ids=["hung up", "reset", "reset in the body", "502", "503", "504"],
)
def test_a_get_is_repeated_once(serve, make_transport, clock, naps, script):
    """After a short pause that differs from client to client."""
    server, transport = serve(first(script)), make_transport(clock=clock)
    assert {} == get(transport.http(), server.url).object()
    assert (2, [0.125]) == (len(server.requests), naps)


@pytest.mark.parametrize("script", [hang_up, reset, reset_in_the_body])
def test_a_post_is_never_repeated(serve, make_transport, clock, script):
    """Nobody knows whether the code was redeemed before the connection broke."""
    server, transport = serve(first(script)), make_transport(clock=clock)
    with pytest.raises(ConnectionDropped):
        post(transport.http(), server.url, body=b"code=1")
    assert 1 == len(server.requests)


def test_a_post_that_met_503_is_answered_with_it(serve, make_transport, clock, naps):
    """The caller sees the status and Retry-After."""
    server = serve(lambda visit: visit.send(status(503, "Retry-After: 1")))
    response = post(make_transport(clock=clock).http(), server.url)
    assert (503, "1", 1, []) == (response.status, response.header("Retry-After"), len(server.requests), naps)


def test_there_is_no_third_try(serve, make_transport, clock):
    """Two failures are a failure: the second one."""
    server = serve(lambda visit: visit.send(status(503)) if visit.number else reset(visit))
    assert 503 == get(make_transport(clock=clock).http(), server.url).status
    assert 2 == len(server.requests)


@pytest.mark.parametrize("code", [200, 400, 401, 404, 429, 500, 501])
def test_other_answers_are_final(serve, make_transport, clock, code):
    """An answer that will be the same next time, or that says nothing about when, is not asked for again."""
    server = serve(lambda visit: visit.send(status(code)))
    assert code == get(make_transport(clock=clock).http(), server.url).status
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (503, "2", [2.0]),
        (503, "0", [0.125]),
        (429, "1", [1.125]),
        (503, "Mon, 12 Jan 1970 13:46:41 GMT", [1.0]),  # one second after the clock
        (503, "Mon, 12 Jan 1970 13:46:30 GMT", [0.125]),
        (503, "soon", [0.125]),
        (503, "-1", [0.125]),
        (503, "1.5", [0.125]),
        (503, "²", [0.125]),
        (503, "5", []),
        (503, "3600", []),
        (503, "9" * 400, []),
        (429, "3600", []),
        (429, "soon", []),
        (503, "Fri, 01 Jan 2038 00:00:00 GMT", []),
    ],
)
def test_retry_after_is_honoured_while_it_is_short(serve, make_transport, clock, naps, code, value, expected):
    """Seconds or a date; a wait that a thread cannot afford goes to the caller; nonsense is as good as nothing."""
    field = f"Retry-After: {value}"
    server = serve(lambda visit: visit.send(OK if visit.number else status(code, field)))
    response = get(make_transport(clock=clock).http(), server.url)
    assert (expected, 200 if expected else code) == (naps, response.status)


def test_there_is_no_second_try_after_the_deadline(serve, make_transport, naps):
    """A wait that would end after the deadline is not begun."""
    clock = Clock(sleep=naps.append, jitter=lambda: 60.0)
    server = serve(reset)
    with pytest.raises(ConnectionDropped):
        get(make_transport(clock=clock).http(), server.url)
    assert (1, []) == (len(server.requests), naps)


def test_a_timeout_is_not_repeated(serve, make_transport, clock):
    """The time is used up; a second try would double what a slow provider costs."""
    server = serve(lambda visit: visit.over.wait(10))
    with pytest.raises(TimeoutError):
        get(make_transport(clock=clock, deadline=0.2).http(), server.url)
    assert 1 == len(server.requests)
