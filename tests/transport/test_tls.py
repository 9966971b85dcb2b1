"""One trust store for the process, and nobody gets around it."""

import datetime
import socket
import ssl
import warnings
from contextlib import suppress
from threading import Thread

import pytest

from tests.transport.conftest import get, post
from webapp.transport import ConnectionDropped, TLSNotTrusted, Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def answer_and_close(visit):
    visit.send(OK)
    visit.connection.close()


def test_certificates_are_read_once_for_many_connections(serve, make_transport, server_tls, ca_bundle, monkeypatch):
    """Five connections, one context: what is left is the handshake."""
    server = serve(answer_and_close, tls=server_tls("127.0.0.1"))
    transport = make_transport(ca_bundle=ca_bundle)
    loaded = []
    load = ssl.SSLContext.load_verify_locations
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda *args, **options: (loaded.append(1), load(*args, **options))
    )
    for _ in range(5):
        assert {} == get(transport.http(), server.url).object()
    assert (5, 1, []) == (transport.connections, transport.trust_store_loads, loaded)


def test_another_authority_is_refused(serve, make_transport, server_tls):
    """The public authorities do not know our test authority; nothing is sent."""
    server = serve(answer_and_close, tls=server_tls("127.0.0.1"))
    with pytest.raises(TLSNotTrusted):
        get(make_transport().http(), server.url)
    assert [] == server.requests


def test_another_name_is_refused(serve, make_transport, server_tls, ca_bundle):
    """A good certificate for somebody else; nothing is sent."""
    server = serve(answer_and_close, tls=server_tls("auth.pingone.eu"))
    with pytest.raises(TLSNotTrusted):
        get(make_transport(ca_bundle=ca_bundle).http(), server.url)
    assert [] == server.requests


def test_an_expired_certificate_is_refused(serve, make_transport, server_tls, ca_bundle):
    """Known authority, right name, last year."""
    last_year = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=365)
    server = serve(answer_and_close, tls=server_tls("127.0.0.1", not_after=last_year))
    with pytest.raises(TLSNotTrusted):
        get(make_transport(ca_bundle=ca_bundle).http(), server.url)


def test_old_tls_is_refused(serve, make_transport, server_tls, ca_bundle):
    """TLS 1.1 has no secure cipher left."""
    old = server_tls("127.0.0.1")
    with warnings.catch_warnings(action="ignore"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    server = serve(answer_and_close, tls=old)
    with pytest.raises(TLSNotTrusted):
        get(make_transport(ca_bundle=ca_bundle).http(), server.url)


@pytest.mark.parametrize("says_goodbye", [True, False])
def test_a_body_that_ends_with_the_connection_ends_by_tls(serve, make_transport, server_tls, ca_bundle, says_goodbye):
    """Without a length anybody on the way could cut the answer short; only TLS can say that it was all."""

    def answer(visit):
        visit.send(b"HTTP/1.1 200 OK\r\n\r\n{}")
        if says_goodbye:
            with suppress(OSError):
                visit.connection.unwrap()
        visit.connection.close()

    server = serve(answer, tls=server_tls("127.0.0.1"))
    http = make_transport(ca_bundle=ca_bundle).http()
    if says_goodbye:
        assert b"{}" == post(http, server.url).body
    else:
        with pytest.raises(ConnectionDropped):
            post(http, server.url)


def test_plain_text_where_tls_was_expected_is_refused(make_transport):
    """A server that answers the handshake with an error in clear: never a second try without TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse():
            with listener.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.recv(65536)

        server = Thread(target=refuse)
        server.start()
        with pytest.raises(TLSNotTrusted):
            get(make_transport().http(), f"https://127.0.0.1:{listener.getsockname()[1]}/")
        server.join()


def test_a_bundle_that_is_not_there_stops_the_start():
    """A wrong path is told to whoever starts the process, not to the first visitor."""
    with pytest.raises(OSError, match="No such file"):
        Transport(ca_bundle="/does/not/exist.pem")
