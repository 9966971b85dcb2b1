"""An application in memory behaves like one behind a socket."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest

from tests.transport.conftest import get, post
from webapp.pingone.cookies import received
from webapp.transport import CircuitOpen, Clock, InvalidURL, OriginBusy, OriginNotAllowed, ReadTimeout, Transport
from webapp.transport.wsgi import nap

PREFIX = "http://127.0.0.1:1/simulator"


class Echo:
    """Tells what it was asked, in headers; the body comes back."""

    def __init__(self) -> None:
        self.environ: dict = {}
        self.closed = False

    def __call__(self, environ, start_response):
        self.environ = environ
        self.body = environ["wsgi.input"].read()
        status = parse_qs(environ["QUERY_STRING"]).get("status", ["200 OK"])[0]
        start_response(status, [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("Location", "/elsewhere")])
        return self

    def __iter__(self):
        yield b"<"
        yield self.body
        yield b">"

    def close(self):
        self.closed = True


@pytest.fixture
def echo() -> Echo:
    return Echo()


def test_a_request_arrives_as_a_server_would_hand_it_over(make_transport, echo):
    """PEP 3333: the prefix is SCRIPT_NAME, the path is decoded, headers keep their names."""
    transport = make_transport(wsgi={PREFIX: echo})
    url = f"{PREFIX}/env/fl%C3%B6ws?a=1&b=%20"
    response = post(
        transport.http(),
        url,
        body=b'{"username": "demo"}',
        headers={"Cookie": "ST=1", "Content-Type": "application/json"},
    )
    seen = {
        name: echo.environ[name]
        for name in ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_COOKIE")
    }
    assert {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/simulator",
        "PATH_INFO": "/env/fl\xc3\xb6ws",
        "QUERY_STRING": "a=1&b=%20",
        "HTTP_HOST": "127.0.0.1:1",
        "HTTP_COOKIE": "ST=1",
    } == seen
    assert ("application/json", "20") == (echo.environ["CONTENT_TYPE"], echo.environ["CONTENT_LENGTH"])
    assert b'<{"username": "demo"}>' == response.body
    assert echo.closed


def test_calls_are_counted_and_connections_are_not(make_transport, echo):
    """In memory there is nothing to connect."""
    transport = make_transport(wsgi={PREFIX: echo})
    get(transport.http(), f"{PREFIX}/x")
    assert (1, 0, 0) == (transport.calls, transport.connections, transport.trust_store_loads)


def test_redirects_and_cookies_are_the_callers_business(make_transport, echo):
    """As over the network."""
    http = make_transport(wsgi={PREFIX: echo}).http()
    response = get(http, f"{PREFIX}/x?status=302+Found")
    assert (302, "/elsewhere") == (response.status, response.header("Location"))
    assert {"a": "1", "b": "2"} == received({}, response.fields)
    get(http, f"{PREFIX}/y")
    assert "HTTP_COOKIE" not in echo.environ


@pytest.mark.parametrize("path", ["", "/", "?a=b", "/deep/er"])
def test_what_begins_with_the_prefix_is_served(make_transport, echo, path):
    """The prefix itself, and everything below."""
    assert 200 == get(make_transport(wsgi={PREFIX: echo}).http(), PREFIX + path).status


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{PREFIX}1/x", OriginNotAllowed),
        ("http://127.0.0.1:1/", OriginNotAllowed),
        (f"{PREFIX}/../other", InvalidURL),
        (f"{PREFIX}/a/%2E./../other?a=b", InvalidURL),
        ("http://127.0.0.2:1/simulator/", OriginNotAllowed),
    ],
)
def test_what_only_looks_like_the_prefix_is_not(make_transport, echo, url, expected):
    """It goes to the network, where it meets the allowed origins, or nowhere."""
    with pytest.raises(expected):
        get(make_transport(wsgi={PREFIX: echo}, allowed_origins=["https://auth.pingone.eu"]).http(), url)
    assert {} == echo.environ


def test_an_application_may_write_before_it_returns(make_transport):
    """The old half of PEP 3333."""

    def application(environ, start_response):
        start_response("200 OK", [])(b"written ")
        return [b"returned"]

    assert b"written returned" == get(make_transport(wsgi={PREFIX: application}).http(), PREFIX).body


def test_a_failing_simulator_is_repeated_like_a_failing_server(make_transport):
    """One GET meets 503, the second one does not."""
    statuses = iter(["503 Later", "200 OK"])

    def application(environ, start_response):
        start_response(next(statuses), [])
        return []

    assert 200 == get(make_transport(wsgi={PREFIX: application}).http(), PREFIX).status


def test_an_answer_that_is_late_has_not_arrived():
    """A mounted application cannot be interrupted, but what it says after the deadline does not count."""
    seconds = [0.0]

    def slow(environ, start_response):
        seconds.append(9.0)
        start_response("200 OK", [])
        return [b"{}"]

    clock = Clock(monotonic=lambda: seconds[-1])
    transport = Transport(wsgi={"http://mounted.example/sim": slow}, deadline=8.0, clock=clock)
    with pytest.raises(ReadTimeout):
        get(transport.http(), "http://mounted.example/sim/x")


def test_an_application_in_memory_is_left_alone_and_crowded_like_any_other(make_transport):
    """One that is slow holds as many threads as it may, and each until the deadline at most."""
    inside = []

    def slow(environ, start_response):
        inside.append(1)
        nap(3600)
        start_response("200 OK", [])
        return [b""]

    transport = make_transport(wsgi={PREFIX: slow}, deadline=0.3, concurrency=2, patience=0.01, failures=2, cooldown=60)
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(post, transport.http(), PREFIX) for _ in range(8)]
        failures = [type(call.exception(10)) for call in calls]
    assert {ReadTimeout: 2, OriginBusy: 6} == Counter(failures)
    assert 2 == len(inside)
    assert transport.silent(PREFIX)
    with pytest.raises(CircuitOpen):
        post(transport.http(), PREFIX)
