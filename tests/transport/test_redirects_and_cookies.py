"""Nothing is followed and nothing is remembered, whoever made the session."""

import pytest
import requests

from webapp.pingone.cookies import received


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("own_session", [True, False])
def test_redirects_are_not_followed(serve, make_transport, status, own_session):
    """requests would repeat the form of a 307 to any host. A session made elsewhere forgets allow_redirects too."""
    stranger = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: {stranger.url}/\r\nContent-Length: 0\r\n\r\n".encode()
    server, transport = serve(lambda visit: visit.send(head)), make_transport()
    session = transport.session() if own_session else requests.Session()
    session.mount("http://", transport.adapter())
    response = session.post(server.url, data={"code": "1"}, allow_redirects=True)
    assert (status, f"{stranger.url}/") == (response.status_code, response.headers["Location"])
    assert ([], []) == (stranger.requests, response.history)


def test_a_location_that_is_not_text_is_not_looked_at(serve, make_transport):
    """requests decodes Location as UTF-8 even when it does not follow, and fails on other bytes."""
    head = b"HTTP/1.1 302 Found\r\nLocation: /\xff\xfe\r\nContent-Length: 0\r\n\r\n"
    assert 302 == make_transport().session().get(serve(lambda visit: visit.send(head)).url).status_code


@pytest.mark.parametrize("own_session", [True, False])
def test_cookies_are_not_kept(serve, make_transport, own_session):
    """PingOne's session belongs to one sign-on, not to whatever call comes next."""
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: ST=secret; Path=/\r\nContent-Length: 0\r\n\r\n"
    server, transport = serve(lambda visit: visit.send(head)), make_transport()
    session = transport.session() if own_session else requests.Session()
    session.mount("http://", transport.adapter())
    first = session.get(server.url)
    session.get(server.url)
    assert b"secret" not in server.requests[1].head
    assert {"ST": "secret"} == received({}, first.header_pairs)


def test_a_cookie_given_for_one_call_is_sent(serve, make_transport):
    """The caller carries PingOne's session, call by call."""
    server = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    make_transport().session().get(server.url, headers={"Cookie": "ST=secret"})
    assert b"Cookie: ST=secret\r\n" in server.requests[0].head
