"""A server on a real socket whose every byte a test decides."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

import pytest
import trustme

from webapp.oidc.http import Answer, Http, Request
from webapp.transport import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def get(http: Http, url: str, **more: Any) -> Answer:
    """GET, with what else `Request` has."""
    return http.exchange(Request("GET", url, **more))


def post(http: Http, url: str, **more: Any) -> Answer:
    """POST, with what else `Request` has."""
    return http.exchange(Request("POST", url, **more))


@dataclass
class Visit:
    """One request as it arrived, and the connection to answer on."""

    number: int
    head: bytes
    body: bytes
    connection: socket.socket
    over: Event

    def send(self, *pieces: bytes, every: float = 0.0) -> None:
        """Writes the pieces with `every` seconds between them, until the test is over or the client has gone."""
        with suppress(OSError):
            for piece in pieces:
                self.connection.sendall(piece)
                if every and self.over.wait(every):
                    return


Script = Callable[[Visit], None]


@dataclass
class Server:
    """Answers each request with the script; `requests` and `connections` say what arrived."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[Visit] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._lock, self._over = Lock(), Event()
        self._threads: list[Thread] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                connection, _ = self._listener.accept()
                with self._lock:
                    self.connections += 1
                    self._open.append(connection)
                self._start(self._talk, connection)

    def _talk(self, raw: socket.socket) -> None:
        connection = raw
        try:
            if self.tls:
                connection = self.tls.wrap_socket(raw, server_side=True)
                with self._lock:
                    self._open.append(connection)
            while (visit := self._receive(connection)) is not None:
                self.script(visit)
        except OSError:
            pass
        finally:
            connection.close()

    def _receive(self, connection: socket.socket) -> Visit | None:
        stream = connection.makefile("rb")
        with stream:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = stream.readline()
                if not line:
                    return None
                head += line
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = stream.read(int(length[0].split(b":")[1])) if length else b""
        with self._lock:
            visit = Visit(len(self.requests), head, body, connection, self._over)
            self.requests.append(visit)
        return visit


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers: `serve(script)` or `serve(script, tls=context)`."""
    servers: list[Server] = []

    def start(script: Script, tls: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(script, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def make_transport() -> Iterator[Callable[..., Transport]]:
    """Makes transports and closes their connections."""
    transports: list[Transport] = []

    def make(**options) -> Transport:
        transports.append(Transport(**{"allowed_origins": None, **options}))
        return transports[-1]

    yield make
    for transport in transports:
        transport.close()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_bundle(authority, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def server_tls(authority) -> Callable[..., ssl.SSLContext]:
    """A server's context with a certificate for the name: `server_tls("127.0.0.1")`."""

    def context(name: str, **options) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name, **options).configure_cert(made)
        return made

    return context
