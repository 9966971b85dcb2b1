"""A call ends at its deadline, although every single receive succeeds in time."""

import socket
import time
from itertools import repeat

import pytest

from tests.transport.conftest import get, post
from webapp.transport.reading import Incoming

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def drip_head(visit):
    visit.send(*(bytes([byte]) for byte in HEAD), every=0.05)


def drip_body(visit):
    visit.send(HEAD, *repeat(b"x", 1000), every=0.05)


def drip_interim(visit):
    visit.send(*repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 1000), every=0.05)


def drip_chunks(visit):
    visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *repeat(b"1\r\nx\r\n", 1000), every=0.05)


def say_nothing(visit):
    visit.over.wait(10)


@pytest.mark.parametrize("script", [drip_head, drip_body, drip_interim, drip_chunks, say_nothing])
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_slow_answers_end_at_the_deadline(serve, make_transport, server_tls, ca_bundle, script, tls):
    """Dripped or silent, the call is a TimeoutError; without the deadline it would be something else."""
    server = serve(script, tls=server_tls("127.0.0.1") if tls else None)
    transport = make_transport(deadline=0.4, ca_bundle=ca_bundle)
    with pytest.raises(TimeoutError):
        get(transport.http(), server.url)


def test_each_receive_gets_what_is_left(serve, make_transport):
    """Three pieces, each well within the deadline of the one before, the last one after the deadline of the whole."""
    pieces = (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n\r\n", b"{}")
    server, transport = serve(lambda visit: visit.send(*pieces, every=0.35)), make_transport(deadline=0.5)
    with pytest.raises(TimeoutError):
        get(transport.http(), server.url)


@pytest.mark.parametrize(("deadline", "timeout"), [(30, 0.1), (0.1, 30)])
def test_a_caller_may_ask_for_less_time_but_not_for_more(serve, make_transport, deadline, timeout):
    """`timeout=` is about one call; the answer comes after 0.5 s, within the longer of the two."""

    def answer_late(visit):
        visit.over.wait(0.5)
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    server, transport = serve(answer_late), make_transport(deadline=deadline)
    with pytest.raises(TimeoutError):
        get(transport.http(), server.url, timeout=timeout)


def test_a_silent_tls_handshake_ends_with_the_time_for_connecting(serve, make_transport):
    """TCP connects, TLS never answers: the time for connecting covers both."""
    server, transport = serve(say_nothing), make_transport(connect_timeout=0.2, deadline=30)
    with pytest.raises(TimeoutError):
        get(transport.http(), server.url.replace("http:", "https:"))
    assert transport.connections == 1


def test_an_answer_sliced_into_bytes_works(serve, make_transport):
    """Slow is not wrong: what is complete before the deadline is used."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    server, transport = serve(lambda visit: visit.send(*(bytes([b]) for b in answer), every=0.001)), make_transport()
    assert {} == get(transport.http(), server.url).object()


def test_a_full_answer_is_used_before_the_connection_ends(serve, make_transport):
    """A server that keeps the connection open afterwards does not delay anybody."""

    def linger(visit):
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        visit.over.wait(10)

    assert {} == get(make_transport(deadline=5).http(), serve(linger).url).object()


@pytest.mark.parametrize("timeout", [0, -1])
def test_without_time_nothing_is_sent(serve, make_transport, timeout):
    """A caller whose time is over gets a timeout, and PingOne gets nothing."""
    server, transport = serve(say_nothing), make_transport()
    with pytest.raises(TimeoutError):
        post(transport.http(), server.url, timeout=timeout)
    assert [] == server.requests


def test_no_receive_begins_after_the_deadline():
    """Time that ran out between two receives is a timeout too, not a socket asked to wait a negative time."""
    near, far = socket.socketpair()
    with near, far:
        far.send(b"x")
        incoming = Incoming(near)
        incoming.begin(time.monotonic() - 1, limit=10)
        with pytest.raises(TimeoutError):
            incoming.exactly(1)
