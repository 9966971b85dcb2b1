"""Connections are kept, counted, and replaced when they have gone stale."""

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.transport.conftest import get, post
from webapp.transport import ConnectionDropped, NoAnswer, Transport, pool

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def test_a_connection_in_use_when_the_pool_is_closed_is_closed_after_it(serve, make_transport):
    """A fetch in the background may end after the application has: its connection must not stay open for good."""
    ended = Event()

    def script(visit):
        transport.close()
        visit.send(OK)
        visit.connection.settimeout(5)
        if visit.connection.recv(1) == b"":
            ended.set()

    server, transport = serve(script), make_transport()
    assert 200 == get(transport.http(), server.url).status
    assert ended.wait(5)


def test_every_use_shares_one_connection(serve, make_transport):
    """An `Http` per use costs no connection: they all draw on the same pool."""
    server, transport = serve(lambda visit: visit.send(OK)), make_transport()
    for _ in range(5):
        assert {} == get(transport.http(), server.url).object()
    assert (5, 1, 1) == (transport.calls, transport.connections, server.connections)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/env/as/token", b"POST /env/as/token HTTP/1.1"),
        ("", b"POST / HTTP/1.1"),
        ("?a=b%20c", b"POST /?a=b%20c HTTP/1.1"),
    ],
)
def test_the_path_begins_with_one_slash(serve, make_transport, path, line):
    """Byte for byte: most servers forgive `//env/as/token`, PingOne need not."""
    server = serve(lambda visit: visit.send(OK))
    post(make_transport().http(), server.url + path)
    assert line == server.requests[0].head.partition(b"\r\n")[0]


def test_plain_http_never_reads_the_trust_store(serve, make_transport):
    """A process that only talks to its simulator does not pay for certificates."""
    server, transport = serve(lambda visit: visit.send(OK)), make_transport()
    get(transport.http(), server.url)
    assert 0 == transport.trust_store_loads


def test_a_connection_closed_by_the_peer_is_replaced_before_a_post(serve, make_transport):
    """The pool looks before it writes, so a POST after an idle time is sent once and succeeds."""
    closed = Event()

    def close_after(visit):
        visit.send(OK)
        if visit.number == 0:
            visit.connection.close()
            closed.set()

    server, transport = serve(close_after), make_transport()
    http = transport.http()
    get(http, server.url)
    closed.wait(5)
    assert 200 == post(http, server.url, body=b"code=1").status
    assert (2, 2) == (len(server.requests), transport.connections)


def test_a_connection_idle_for_long_is_not_used_again(serve, make_transport, monkeypatch):
    """Middle boxes forget idle connections without a word; after a while a new one is safer."""
    server, transport = serve(lambda visit: visit.send(OK)), make_transport()
    http = transport.http()
    get(http, server.url)
    monkeypatch.setattr(pool, "MAX_IDLE", 0.0)
    get(http, server.url)
    assert 2 == transport.connections


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
def test_servers_without_keep_alive_work(serve, make_transport, head):
    """HTTP/1.0 and Connection: close end the body by closing; each call then has its own connection."""

    def answer(visit):
        visit.send(head + b"{}")
        visit.connection.shutdown(2)

    server, transport = serve(answer), make_transport()
    http = transport.http()
    assert [b"{}", b"{}"] == [get(http, server.url).body for _ in range(2)]
    assert 2 == transport.connections


def test_interim_answers_are_skipped(serve, make_transport):
    """100 and 103 precede the answer; the next caller must not find the real one in their place."""
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server, transport = serve(lambda visit: visit.send(interim + OK)), make_transport()
    http = transport.http()
    assert [200, 200] == [get(http, server.url).status for _ in range(2)]
    assert 1 == transport.connections


def test_a_refused_connection_fails_as_such(make_transport):
    """Nobody listens: ConnectionError, at once, without a word about path or query."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    transport = make_transport()
    with pytest.raises(ConnectionError) as failure:
        get(transport.http(), f"http://127.0.0.1:{port}/token?code=geheim")
    assert "geheim" not in str(failure.value)
    assert not isinstance(failure.value, TimeoutError | ConnectionDropped)


def test_a_name_that_does_not_resolve_fails_as_such(make_transport):
    """A label of 64 letters is no name anywhere."""
    with pytest.raises(NoAnswer):
        get(make_transport().http(), f"http://{'a' * 64}.invalid/")


def test_a_truncated_answer_is_refused(serve, make_transport):
    """FIN before the announced length: never half an answer, and not repeated for a POST."""

    def truncate(visit):
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")
        visit.connection.shutdown(2)

    server, transport = serve(truncate), make_transport()
    with pytest.raises(ConnectionDropped):
        post(transport.http(), server.url)
    assert 1 == len(server.requests)


def test_threads_share_the_pool(serve, make_transport):
    """Eight threads need at most eight connections for eighty calls."""
    server, transport = serve(lambda visit: visit.send(OK)), make_transport()
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda _: get(transport.http(), server.url).status, range(80)))
    assert [200] * 80 == codes
    assert 80 == transport.calls
    assert transport.connections <= 8


def test_closing_closes_kept_connections_and_may_be_repeated(serve):
    """After close() the server sees the end of its connection; a later call simply opens another."""
    server, transport = serve(lambda visit: visit.send(OK)), Transport(allowed_origins=None)
    get(transport.http(), server.url)
    transport.close()
    transport.close()
    get(transport.http(), server.url)
    transport.close()
    assert 2 == transport.connections
