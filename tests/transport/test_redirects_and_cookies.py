"""Nothing is followed and nothing is remembered, whoever made the session."""

import pytest
import requests

from webapp.transport import set_cookies


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
    assert {"ST": "secret"} == set_cookies(first)


def test_a_cookie_given_for_one_call_is_sent(serve, make_transport):
    """The caller carries PingOne's session, call by call."""
    server = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    make_transport().session().get(server.url, headers={"Cookie": "ST=secret"})
    assert b"Cookie: ST=secret\r\n" in server.requests[0].head


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("ST=abc; Path=/; HttpOnly; Expires=Wed, 01 Jan 2098 00:00:00 GMT", {"ST": "abc"}),
        ('ST="a b"; Secure', {"ST": '"a b"'}),
        ("ST=a=b==; Path=/", {"ST": "a=b=="}),
        ("ST=; Path=/", {"ST": ""}),
        ("ST=gone; Max-Age=0", {"ST": ""}),
        ("ST=gone; max-age=-1; Expires=Wed, 01 Jan 2098 00:00:00 GMT", {"ST": ""}),
        ("ST=kept; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", {"ST": "kept"}),
        ("ST=gone; Expires=Thu, 01-Jan-1970 00:00:10 GMT", {"ST": ""}),
        ("ST=kept; Expires=someday", {"ST": "kept"}),
        ("nonsense", {}),
        ("=value", {}),
    ],
)
def test_set_cookies_tells_names_values_and_deletions(serve, make_transport, field, expected):
    """RFC 6265 section 5.2: Max-Age before Expires, odd dates ignored, a deleted cookie is "" for the caller."""
    head = f"HTTP/1.1 200 OK\r\nSet-Cookie: {field}\r\nContent-Length: 0\r\n\r\n".encode()
    response = make_transport().session().get(serve(lambda visit: visit.send(head)).url)
    assert expected == set_cookies(response)


def test_several_cookies_stay_several(serve, make_transport):
    """A joined header could not be split again: dates have commas. The last of one name counts."""
    head = (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: ST=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT\r\nset-cookie: A=2\r\n"
        b"Set-Cookie: ST=3\r\nContent-Length: 0\r\n\r\n"
    )
    response = make_transport().session().get(serve(lambda visit: visit.send(head)).url)
    assert {"ST": "3", "A": "2"} == set_cookies(response)


def test_set_cookies_refuses_other_responses():
    """Another transport's response may have lost what it is asked for."""
    with pytest.raises(TypeError):
        set_cookies(requests.Response())


def test_the_environment_is_not_asked(serve, make_transport, monkeypatch, tmp_path):
    """Neither a proxy nor a password from .netrc comes between us and PingOne."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password planted\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = serve(lambda visit: visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    assert 200 == make_transport().session().get(server.url).status_code
    assert b"authorization" not in server.requests[0].head.lower()
