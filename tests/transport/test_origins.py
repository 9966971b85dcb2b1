"""A call goes where it may go, or nowhere."""

from contextlib import closing

import pytest

from tests.transport.conftest import get
from webapp.transport import InvalidURL, OriginNotAllowed, Transport
from webapp.transport.origin import Origin, origin_of

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_an_allowed_origin_is_called(serve, make_transport):
    """A list of URLs; what counts of each is scheme, host and port."""
    server = serve(lambda visit: visit.send(OK))
    transport = make_transport(allowed_origins=[f"{server.url}/some/where"])
    assert 200 == get(transport.http(), f"{server.url}/else/where").status


def test_nothing_named_is_nothing_allowed(serve):
    """A forgotten list must not open every place to whoever can choose a URL."""
    server = serve(lambda visit: visit.send(OK))
    with closing(Transport()) as transport, pytest.raises(OriginNotAllowed):
        get(transport.http(), server.url)
    assert 0 == server.connections


def test_another_origin_is_not_called(serve, make_transport):
    """Another port is another origin; no connection is opened and no call is counted."""
    server = serve(lambda visit: visit.send(OK))
    transport = make_transport(allowed_origins=["https://auth.pingone.eu"])
    with pytest.raises(OriginNotAllowed):
        get(transport.http(), server.url)
    assert (0, 0, 0) == (transport.calls, transport.connections, server.connections)


@pytest.mark.parametrize(
    "url",
    [
        "https://auth.pingone.eu.evil.example/",
        "https://auth.pingone.eu@evil.example/",
        "https://evil.example\\@auth.pingone.eu/",
        "https://evil.example#@auth.pingone.eu/",
        "https://auth.pingone.eu:444/",
        "http://auth.pingone.eu/",
        "https://pingone.eu/",
        "https://auth.pingone.eu1/",
    ],
)
def test_urls_that_look_allowed_are_not(make_transport, url):
    """Every known way to make a URL look like another one."""
    transport = make_transport(allowed_origins=["https://auth.pingone.eu"], connect_timeout=0.1)
    with pytest.raises((OriginNotAllowed, InvalidURL)):
        get(transport.http(), url)
    assert 0 == transport.connections


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://auth.pingone.eu/", "gopher://auth.pingone.eu/"])
def test_other_schemes_are_unknown(make_transport, url):
    """There are http and https."""
    with pytest.raises(InvalidURL):
        get(make_transport().http(), url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://AUTH.pingone.eu/x", Origin("https", "auth.pingone.eu", 443)),
        ("HTTP://localhost", Origin("http", "localhost", 80)),
        ("http://user:pass@localhost:8080", Origin("http", "localhost", 8080)),
        ("http://[::1]:8080/", Origin("http", "[::1]", 8080)),
        ("https://localhost:/x", Origin("https", "localhost", 443)),
    ],
)
def test_the_origin_of_a_url(url, expected):
    """Case and default ports do not matter."""
    assert expected == origin_of(url)


@pytest.mark.parametrize(
    "url",
    ["", "/relative", "https://", "mailto:a@b", "http://[::1/", "ftp://a.example/x", "http://a.example:65536/",
     "http://a.example/a b", "http://a.example/\r\nX: y", "http://a.example/\u2028", "http://a.example/a/../b",
     "http://a.example/%2e%2E", "http://\u0430.example/", "http://a.example\n"],
)  # fmt: skip
def test_no_origin_is_an_invalid_url(url):
    """InvalidURL."""
    with pytest.raises(InvalidURL):
        origin_of(url)
