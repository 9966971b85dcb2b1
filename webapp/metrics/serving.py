"""The page that Prometheus reads, for whichever worker it reaches."""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from ..store.protocol import StoreUnavailable
from .meters import Meters

KINDS = ("session", "session-of", "attempt", "story", "trace", "throttle", "kept_form")
"""The records that there can be many of."""
CENSUS_SECONDS = 30.0
READER_SECONDS = 5.0


class Facts:
    """What is not counted but looked up when somebody asks: the build, and how many records there are."""

    def __init__(self, version: str, store: str, census: Callable[[], dict[str, int]]) -> None:
        self._build = {"version": version, "store": store}
        self._census = census
        self._found: dict[str, int] = {}
        self._until = 0.0

    def collect(self) -> Iterable[Any]:
        """See `prometheus_client.registry.Collector`."""
        build = GaugeMetricFamily("pingone_signon_build_info", "The release and its store", labels=[*self._build])
        build.add_metric([*self._build.values()], 1)
        records = GaugeMetricFamily("pingone_signon_records", "Records, about how many", labels=["kind"])
        for kind, number in self._records().items():
            records.add_metric([kind], number)
        return [build, records]

    def _records(self) -> dict[str, int]:
        """Counted every now and then; none while the store gives no answer, which is no zero."""
        if time.monotonic() >= self._until:
            try:
                found = self._census()
            except StoreUnavailable:
                return {}
            self._found = {kind: found.pop(kind, 0) for kind in KINDS} | {"other": sum(found.values())}
            self._until = time.monotonic() + CENSUS_SECONDS
        return self._found


def page(meters: Meters, facts: Facts, folder: str = "") -> Any:
    """Return a WSGI application with all numbers: those of the processes that share `folder`, or of this one alone."""
    registry = CollectorRegistry() if folder else meters.registry
    if folder:
        added_up: Any = MultiProcessCollector  # It ships half of its types.
        added_up(registry, folder)
    registry.register(facts)
    return make_wsgi_app(registry)


class _Handler(WSGIRequestHandler):
    timeout = READER_SECONDS
    disable_nagle_algorithm = True  # Head and body are two pieces, and the second would wait.

    def log_message(self, format: str, *args: Any) -> None:
        """Prometheus comes every few seconds."""


class _Server(WSGIServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up is no matter for the log."""


def serve(listening: socket.socket, application: Any) -> None:
    """Answer on a socket that several processes listen on, in a thread that ends with its process.

    One reader at a time, who has some seconds for each piece: these numbers must never cost a sign-on its thread.
    """
    listening.setblocking(False)  # Another worker may have been faster: then there is nobody to wait for.
    server = _Server(listening.getsockname()[:2], _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.server_name, server.server_port = "metrics", listening.getsockname()[1]
    server.setup_environ()
    server.set_app(application)
    threading.Thread(target=server.serve_forever, args=(60.0,), name="metrics", daemon=True).start()
