"""Who records sees every attempt, the failed ones included."""

import pytest

from tests.transport.conftest import get, post
from webapp.transport import Clock, OriginNotAllowed

OK = b"HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def seen() -> list:
    return []


def test_an_exchange_has_both_sides(serve, make_transport, seen):
    """What went out, what came back, when, and whether a connection was opened for it."""
    server = serve(lambda visit: visit.send(OK))
    http = make_transport(clock=Clock(now=lambda: 1000.5)).http(seen.append)
    for _ in range(2):
        post(http, f"{server.url}/token?x=1", body=b"code=1")
    first, second = seen
    assert (1000.5, "POST", f"{server.url}/token?x=1") == (first.started_at, first.method, first.url)
    assert (("Host", f"127.0.0.1:{server.port}"), b"code=1") == (first.request_headers[0], first.request_body)
    assert (200, "Fine", b"{}", None) == (first.status, first.reason, first.response_body, first.failure)
    assert (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2")) == first.response_headers
    assert (True, False) == (first.new_connection, second.new_connection)


def test_an_exchange_shows_nothing_when_printed(serve, make_transport, seen):
    """Its repr may end in a log."""
    server = serve(lambda visit: visit.send(OK))
    post(make_transport().http(seen.append), f"{server.url}/?code=geheim", body=b"geheim", headers={"A": "geheim"})
    assert "geheim" not in repr(seen)


def test_both_attempts_are_seen(serve, make_transport, seen):
    """A GET that was repeated is two exchanges; the first says why, and what had arrived."""

    def break_once(visit):
        visit.send(OK if visit.number else OK[:-1])
        if not visit.number:
            visit.connection.shutdown(2)

    get(make_transport().http(seen.append), serve(break_once).url)
    assert [200, 200] == [exchange.status for exchange in seen]
    assert ["ConnectionDropped", None] == [exchange.failure and exchange.failure.split(":")[0] for exchange in seen]


def test_a_timeout_is_seen(serve, make_transport, seen):
    """No status, but a request, a duration and a reason."""
    server = serve(lambda visit: visit.over.wait(10))
    with pytest.raises(TimeoutError):
        post(make_transport(deadline=0.1).http(seen.append), server.url, body=b"x")
    (exchange,) = seen
    assert (None, b"x", b"", True) == (
        exchange.status,
        exchange.request_body,
        exchange.response_body,
        exchange.new_connection,
    )
    assert exchange.failure.startswith("ReadTimeout: ")


def test_a_call_that_was_not_made_is_seen(make_transport, seen):
    """Refusals of ours are part of the story."""
    with pytest.raises(OriginNotAllowed):
        get(make_transport(allowed_origins=["https://auth.pingone.eu"]).http(seen.append), "http://127.0.0.1:1/")
    (exchange,) = seen
    assert (None, False) == (exchange.status, exchange.new_connection)
    assert exchange.failure.startswith("OriginNotAllowed: ")


def test_bodies_are_recorded_up_to_a_size(make_transport, seen):
    """The caller gets all of it, the recorder a piece that fits a page."""

    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"x" * 1_000_000]

    response = get(make_transport(wsgi={"http://127.0.0.1:1": application}).http(seen.append), "http://127.0.0.1:1/")
    assert (1_000_000, 262_144) == (len(response.body), len(seen[0].response_body))


def test_nothing_is_recorded_without_a_recorder(serve, make_transport, seen):
    """A recorder belongs to one use of the transport, not to the transport."""
    server, transport = serve(lambda visit: visit.send(OK)), make_transport()
    transport.http(seen.append)
    get(transport.http(), server.url)
    assert [] == seen


def test_a_streamed_body_is_refused_before_it_is_sent(serve, make_transport, seen):
    """It could be neither shown nor sent again."""
    server = serve(lambda visit: visit.send(OK))
    with pytest.raises(TypeError):
        post(make_transport().http(seen.append), server.url, body=iter([b"x"]))
    assert ([], []) == (seen, server.requests)
