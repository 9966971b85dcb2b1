"""The doctor in front of a PingOne that cannot be reached: it names the cause, and the advice is for that cause."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import requests
import trustme

from config import Settings
from tests.support.raw_http import Answer
from tests.support.raw_server import RawServer
from webapp.doctor import Finding, examine
from webapp.oidc.errors import ProviderUnreachable
from webapp.oidc.http import Http
from webapp.oidc.wire import send
from webapp.transport.transport import Transport

CLIENT = "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10"


def look(base: str) -> list[Finding]:
    """What is wrong with an application whose PingOne is at `base`."""
    given = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "PINGONE_CLIENT_ID": CLIENT}
    settings = Settings.from_env({**given, "PINGONE_AUTH_BASE_URL": base, "PUBLIC_URL": "http://localhost:8000"})
    with closing(Transport(allowed_origins=[base], deadline=0.4, connect_timeout=0.3)) as transport:
        findings = examine(settings, transport.http(), lambda: None, time.time)
    return [finding for finding in findings if not finding.ok]


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    server = RawServer(lambda request: Answer(200, b"{}"), tls)
    try:
        yield server.origin
    finally:
        server.down()


@contextmanager
def silent() -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def of_private_authority() -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with listening(context) as origin:
        yield origin


@contextmanager
def without_tls() -> Iterator[str]:
    with listening() as origin:
        yield origin.replace("http:", "https:")


@contextmanager
def nowhere() -> Iterator[str]:
    yield "http://127.0.0.1:1"


@contextmanager
def nameless() -> Iterator[str]:
    yield "https://no-such-name.invalid"


CASES = {
    "the name does not resolve": (nameless, "does not resolve", "name service", "name"),
    "nothing listens": (nowhere, "refuses the connection", "PINGONE_AUTH_BASE_URL", "refused"),
    "a private authority": (of_private_authority, "is not trusted", "PINGONE_CA_BUNDLE", "tls"),
    "no TLS at that port": (without_tls, "does not speak TLS", "PINGONE_AUTH_BASE_URL", "tls"),
    "no answer in time": (silent, "did not answer in time", "firewall", "time"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_cause_is_named_with_advice_that_fits(case) -> None:
    """One finding; the certificate's setting is named for a certificate alone."""
    there, words, field, _ = case
    with there() as base:
        (finding,) = look(base)
    assert "PingOne cannot be reached" == finding.title
    assert words in finding.detail
    assert field in finding.console_field
    assert ("PINGONE_CA_BUNDLE" == field) == ("PINGONE_CA_BUNDLE" in f"{finding.detail} {finding.console_field}")


def with_requests(base: str) -> requests.Session:
    """The client that an application which copied the protocol may bring."""
    return requests.Session()


def with_transport(base: str) -> Http:
    return Transport(allowed_origins=[base], deadline=0.4, connect_timeout=0.3).http()


@pytest.mark.parametrize("client", [with_transport, with_requests])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_error_keeps_the_cause_in_one_word(case, client) -> None:
    """Whatever HTTP client it was met with; the caught error before it is another story."""
    there, _, _, word = case
    with there() as base:
        try:
            raise socket.gaierror("an earlier failure, which was dealt with")
        except OSError:
            with pytest.raises(ProviderUnreachable) as failure:
                send(client(base), "GET", f"{base}/as/token", timeout=0.4)
    assert word == failure.value.cause == failure.value.copy().cause
