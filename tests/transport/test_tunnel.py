"""The way out through a proxy: asked by CONNECT, for https, and never trusted with what is said."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from tests.transport.conftest import get, post
from webapp.transport import ConnectTimeout, MalformedAnswer, NoConnection, TLSNotTrusted, TooLarge

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class ConnectProxy:
    """Answers each CONNECT with `answer`, and carries bytes to and fro when that is 200."""

    def __init__(self) -> None:
        self.answer, self.heads = b"HTTP/1.1 200 Connection established\r\n\r\n", list[bytes]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                Thread(target=self._serve, args=[self._listener.accept()[0]], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.heads.append(head)
            host, port = head.split()[1].decode().rsplit(":", 1)
            client.sendall(self.answer)
            if b" 200 " in self.answer:
                with socket.create_connection((host, int(port)), 5) as there:
                    Thread(target=_carry, args=[there, client], daemon=True).start()
                    _carry(client, there)
            else:
                client.recv(1)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    proxy = ConnectProxy()
    yield proxy
    proxy.close()


def test_an_https_origin_is_reached_through_the_proxy(serve, make_transport, server_tls, ca_bundle, proxy):
    """One CONNECT for a connection that is kept, with user and password; the request itself is for the origin alone."""
    server = serve(lambda visit: visit.send(OK), tls=server_tls("127.0.0.1"))
    transport = make_transport(ca_bundle=ca_bundle, proxy=f"http://alice:p%40ss@127.0.0.1:{proxy.port}")
    http = transport.http()
    assert [200, 200] == [post(http, f"{server.url}/token", body=b"code=geheim").status for _ in range(2)]
    place = f"127.0.0.1:{server.port}"
    credentials = "YWxpY2U6cEBzcw=="  # alice:p@ss
    expected = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nProxy-Authorization: Basic {credentials}\r\n\r\n"
    assert [expected.encode()] == proxy.heads
    assert b"proxy-authorization" not in server.requests[0].head.lower()


def test_the_proxy_is_not_trusted(serve, make_transport, server_tls, ca_bundle, proxy):
    """Certificate and name are those of the origin, however the connection came about."""
    server = serve(lambda visit: visit.send(OK), tls=server_tls("auth.pingone.eu"))
    transport = make_transport(ca_bundle=ca_bundle, proxy=f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(TLSNotTrusted):
        get(transport.http(), server.url)
    place = f"127.0.0.1:{server.port}"
    assert ([], [f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode()]) == (server.requests, proxy.heads)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", NoConnection),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", NoConnection),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", NoConnection),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", MalformedAnswer),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n", MalformedAnswer),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000, TooLarge),
        (b"", ConnectTimeout),
    ],
)
def test_a_proxy_that_does_not_connect(make_transport, proxy, answer, expected):
    """A refusal, an answer that nobody asked for, nonsense and silence end like any other failure, and in time."""
    proxy.answer = answer
    transport = make_transport(proxy=f"http://127.0.0.1:{proxy.port}", connect_timeout=3.0 if answer else 0.2)
    with pytest.raises(expected) as failure:
        get(transport.http(), "https://auth.pingone.test/")
    assert (expected is NoConnection) == ("the proxy answers" in str(failure.value))


def test_http_on_this_computer_needs_no_proxy(serve, make_transport, proxy):
    """Only https is worth a tunnel; http is for localhost."""
    server = serve(lambda visit: visit.send(OK))
    transport = make_transport(proxy=f"http://127.0.0.1:{proxy.port}")
    assert (200, []) == (get(transport.http(), server.url).status, proxy.heads)
