"""Applications that are killed: one after another on the same port, each at the store call that it is told.

Reads `{"environ": ..., "templates": folder}`, then a number per line. For each it forks an application that ends by
SIGKILL at that store call (0: never) and writes its process id; the kernel keeps connections waiting in between.
A fork, because importing everything anew for each of a hundred deaths would take minutes.
"""

import itertools
import json
import os
import signal
import sys
from typing import Any

from jinja2 import FileSystemBytecodeCache
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from tests.support.counting_store import CountingStore
from webapp import create_app, wiring
from webapp.server import listen
from webapp.store.sqlite import SqliteStore


class Silent(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def live(settings: Settings, orders: dict[str, Any], file_descriptor: int, die_at: int) -> None:
    """Serve until killed."""
    numbers = itertools.count(1)

    def die(call: str) -> None:
        if next(numbers) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    store = CountingStore(SqliteStore(f"{settings.instance_path}/state.sqlite"), die)
    app = create_app(settings, wiring.build(settings, store=store))
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(orders["templates"])
    server = make_server("127.0.0.1", settings.port, app, threaded=True, request_handler=Silent, fd=file_descriptor)
    server.serve_forever()


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    settings = Settings.from_env(orders["environ"])
    with listen("127.0.0.1", settings.port) as listening:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The dead are not waited for.
        for line in sys.stdin:
            child = os.fork()
            if child == 0:
                live(settings, orders, listening.fileno(), int(line))
                os._exit(1)
            sys.stdout.write(f"{child}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
