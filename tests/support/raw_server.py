"""A small HTTP(S) server on a real loopback socket whose answers may be mangled down to the byte.

Tests that patch a client library prove that the patch works. This server lets a test reset the connection in
the middle of a body, drip one byte at a time or announce a length that is not true, so that what is tested is
what really happens on the wire.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from tests.support.raw_http import Answer, Request


class Wire:
    """The connection under an answer, for faults."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self._stopped = stopped

    def send(self, data: bytes) -> None:
        """Write, and do not mind that the peer has gone: it was told to give up."""
        self.sent(data)

    def sent(self, data: bytes) -> bool:
        """Write; False when the peer has gone or the server is stopping."""
        try:
            self.connection.sendall(data)
        except OSError:
            return False
        return not self._stopped.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; False when the server is stopping and the fault should end."""
        return not self._stopped.wait(seconds)

    def drip(self, data: bytes, *, pause: float, size: int = 1) -> None:
        """Write in pieces with a pause after each, until done, stopped or the peer has gone."""
        for start in range(0, len(data), size):
            if not self.sent(data[start : start + size]) or (pause and not self.pause(pause)):
                return

    def reset(self) -> None:
        """End with RST instead of FIN, as a crashed peer or a firewall does."""
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def close(self) -> None:
        """End with FIN."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


# Writes an answer its own way; returns whether the connection may serve another request.
Fault = Callable[[Wire, Answer], bool]


class _Listener(ThreadingHTTPServer):
    """The accepting half; handshakes and answers happen in a thread per connection."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], owner: "RawServer") -> None:
        super().__init__(address, _Handler)
        self.owner = owner

    def handle_error(self, request: object, client_address: object) -> None:
        """A broken connection is what these tests are about, not news."""


class _Handler(BaseHTTPRequestHandler):
    """Reads requests with the standard library's parser and writes answers by hand."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        owner = cast(_Listener, self.server).owner
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if owner.tls is not None:
            self.request = owner.tls.wrap_socket(self.request, server_side=True)
        owner.connected(self.request)
        super().setup()

    def finish(self) -> None:
        # The server would close the socket that it accepted, which a TLS socket has taken over meanwhile.
        with suppress(OSError):
            super().finish()
        with suppress(OSError):
            self.request.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read the ledger instead."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._respond
        raise AttributeError(name)

    def _respond(self) -> None:
        owner = cast(_Listener, self.server).owner
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = owner.answer(
            Request(
                self.command,
                target.path,
                tuple(parse_qsl(target.query, keep_blank_values=True)),
                tuple(self.headers.items()),
                body,
            )
        )
        if answer.fault is not None:
            kept = answer.fault(Wire(self.request, owner.stopped), answer)
            self.close_connection = self.close_connection or not kept
            return
        self.wfile.write(answer.head() + answer.body)


class RawServer:
    """Serves `answer` on 127.0.0.1 until `stop`; `down` and `up` end and restore it on the same port."""

    def __init__(self, answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.tls = tls
        self.stopped = threading.Event()
        self.connections = 0
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener: _Listener | None = None
        self.port = 0
        self.up()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def connected(self, connection: socket.socket) -> None:
        """Count and keep a connection, so that `down` can end it."""
        with self._lock:
            self.connections += 1
            self._open.append(connection)

    def up(self) -> None:
        """Listen (again); the port stays the same after the first time."""
        if self._listener is not None:
            return
        self.stopped.clear()
        self._listener = _Listener(("127.0.0.1", self.port), self)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def down(self, keep: socket.socket | None = None) -> None:
        """Refuse connections and cut those that are open, but for the one in `keep`."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.stopped.set()
        listener.shutdown()
        listener.server_close()
        self.cut(keep)

    def cut(self, keep: socket.socket | None = None) -> None:
        """Cut open connections, as a peer does with those it finds idle."""
        with self._lock:
            connections, self._open = self._open, []
        for connection in (connection for connection in connections if connection is not keep):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """The end; faults that are still writing give up."""
        self.down()


@contextmanager
def serving(answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """A server for the length of a `with` block."""
    server = RawServer(answer, tls)
    try:
        yield server
    finally:
        server.stop()
