"""Nothing is followed and nothing is remembered."""

import pytest

from tests.transport.conftest import get, post
from webapp.pingone.cookies import received
from webapp.transport import InvalidRequest


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve, make_transport, status):
    """requests would repeat the form of a 307 to any host."""
    stranger = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: {stranger.url}/\r\nContent-Length: 0\r\n\r\n".encode()
    server, transport = serve(lambda visit: visit.send(head)), make_transport()
    http = transport.http()
    response = post(http, server.url, body=b"code=1")
    assert (status, f"{stranger.url}/") == (response.status, response.header("Location"))
    assert [] == stranger.requests


def test_a_location_that_is_not_text_is_not_looked_at(serve, make_transport):
    """Bytes that are not UTF-8 in a header are no reason to fail."""
    head = b"HTTP/1.1 302 Found\r\nLocation: /\xff\xfe\r\nContent-Length: 0\r\n\r\n"
    assert 302 == get(make_transport().http(), serve(lambda visit: visit.send(head)).url).status


def test_cookies_are_not_kept(serve, make_transport):
    """PingOne's session belongs to one sign-on, not to whatever call comes next."""
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: ST=secret; Path=/\r\nContent-Length: 0\r\n\r\n"
    server, transport = serve(lambda visit: visit.send(head)), make_transport()
    http = transport.http()
    first = get(http, server.url)
    get(http, server.url)
    assert b"secret" not in server.requests[1].head
    assert {"ST": "secret"} == received({}, first.fields)


def test_a_cookie_given_for_one_call_is_sent(serve, make_transport):
    """The caller carries PingOne's session, call by call."""
    server = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    get(make_transport().http(), server.url, headers={"Cookie": "ST=secret"})
    assert b"Cookie: ST=secret\r\n" in server.requests[0].head


@pytest.mark.parametrize(
    "headers",
    [{"Cookie": "ST=a\r\nX: y"}, {"Cookie": "ST=a\nb"}, {"A": "\u20ac"}, {"A b": "c"}, {"": "c"}, {"A:": "c"}],
)
def test_a_header_cannot_begin_another_one(serve, make_transport, headers):
    """A cookie that PingOne set goes back to it; a line break in it would be a header, or a request, of its own."""
    server = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(InvalidRequest):
        get(make_transport().http(), server.url, headers=headers)
    assert [] == server.requests


def test_nothing_of_the_environment_is_used(serve, make_transport, monkeypatch, tmp_path):
    """No proxy and no password that is kept for other programs."""
    server = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login alice password geheim\n")
    for name, value in {
        "HOME": str(tmp_path),
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    assert 200 == get(make_transport().http(), server.url).status
    assert b"authorization" not in server.requests[0].head.lower()
