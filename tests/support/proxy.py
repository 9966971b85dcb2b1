"""A load balancer without stickiness: each request goes to the next server, whoever sends it."""

import http.client
import itertools
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authenticate"}


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    backends: Sequence[int] = ()
    turn = itertools.count()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._forward
        raise AttributeError(name)

    def _forward(self) -> None:
        proxy = cast("_Listener", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        first = next(proxy.turn)
        for offset in range(len(proxy.backends)):
            port = proxy.backends[(first + offset) % len(proxy.backends)]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.connect()
            except OSError:
                connection.close()
                continue  # Nothing was sent: the next server may have it.
            self._relay(connection, body)
            return
        self._say(502, [], b"no server")

    def _relay(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        # A server that dies after the request was sent may have carried it out: it is never sent twice.
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._say(502, [], b"the server died")
            return
        finally:
            connection.close()
        self._say(answer.status, answer.getheaders(), content)

    def _say(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        with suppress(OSError):
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)


class RoundRobin:
    """`with RoundRobin(port) as proxy` listens on `port`; set `backends` to the ports that it serves from."""

    def __init__(self, port: int = 0) -> None:
        self._listener = _Listener(("127.0.0.1", port), _Handler)
        self.port = int(self._listener.server_address[1])
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), name="round robin")

    def serve(self, *backends: int) -> None:
        """Serve from these ports from now on."""
        self._listener.backends = backends

    def __enter__(self) -> "RoundRobin":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
