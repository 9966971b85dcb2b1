"""The simulator over real HTTP: as a program of its own, and in a thread of somebody's tests."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .app import create_simulator
from .control import Control


class _Quiet(WSGIRequestHandler):
    """No line for each request: a query holds codes."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def server(
    host: str, port: int, tls: ssl.SSLContext | None = None, **settings: Any
) -> tuple[BaseWSGIServer, Flask]:
    """A server that listens, and the simulator made with ``settings``; port 0 takes any free one. With ``tls``
    it speaks https. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=128) as listening:
        port = listening.getsockname()[1]
        scheme, name = "https" if tls else "http", f"[{host}]" if ":" in host else host
        app = create_simulator(f"{scheme}://{name}:{port}", **settings)
        listens = make_server(
            host, port, app, threaded=True, request_handler=_Quiet, ssl_context=tls, fd=listening.fileno()
        )
        return listens, app


@contextmanager
def running(**settings: Any) -> Iterator[Control]:
    """A simulator on a free port of 127.0.0.1, for as long as the block lasts; settings are ``create_simulator``'s."""
    listening, app = server("127.0.0.1", 0, **settings)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Control(app)
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
