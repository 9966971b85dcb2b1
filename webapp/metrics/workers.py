"""What the workers of one server share: the port of the metrics, and a folder in which each has its numbers."""

import fcntl
import itertools
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from ..server import CannotListen, listen
from ..version import VERSION

PREFIX = "pingone-signon-metrics-"
YOUNG = 60.0
"""Seconds in which a folder that is not locked may be one that another server is just making."""


class Shared:
    """Hooks of gunicorn: https://docs.gunicorn.org/en/stable/settings.html#server-hooks

    prometheus_client keeps the numbers of each process in files named after it, for ever: what was counted must not go
    back when a process ends. Here a worker has a number instead, that of a place which no living one holds; who
    replaces a dead worker goes on with its files. There are never more than there were workers at one time.
    """

    def __init__(self, host: str, port: int, store: str, parent: str | None = None) -> None:
        """`parent` is where the folder is made, in memory if possible; None for the computer's usual place."""
        self._parent = parent
        self._address, self._store = (host, port), store
        self._listening: socket.socket
        self._folder: Path
        self._lock: IO[str] | None = None

    def on_starting(self, server: Any) -> None:
        """Take the port, and make the folder. Leaves with a sentence when that cannot be done."""
        try:
            self._listening = listen(*self._address, ("METRICS_HOST", "METRICS_PORT"))
            parent = self._parent or tempfile.gettempdir()
            remove_left_over(Path(parent))
            self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        except CannotListen as failure:
            raise SystemExit(str(failure)) from None
        except OSError as failure:
            raise SystemExit(f"METRICS_PORT needs a folder for temporary files: {failure}") from None
        self._lock = (self._folder / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self._folder)

    def pre_fork(self, server: Any, worker: Any) -> None:
        """Give the worker a place that is free."""
        taken = {each.place for each in server.WORKERS.values()}
        worker.place = next(place for place in itertools.count() if place not in taken)

    def post_fork(self, server: Any, worker: Any) -> None:
        """Count into the files of that place."""
        from prometheus_client import values

        in_files: Any = values.MultiProcessValue  # It ships half of its types.
        values.ValueClass = in_files(lambda: worker.place)

    def post_worker_init(self, worker: Any) -> None:
        """Answer on the port, as soon as the application is there."""
        from .serving import Facts, page, serve

        watch = worker.wsgi.extensions["services"].watch
        serve(self._listening, page(watch.meters, Facts(VERSION, self._store, watch.census), str(self._folder)))

    def child_exit(self, server: Any, worker: Any) -> None:
        """Forget what a dead worker was doing; what it has counted stays."""
        from prometheus_client import multiprocess

        forget: Any = multiprocess.mark_process_dead
        forget(worker.place, str(self._folder))

    def on_exit(self, server: Any) -> None:
        """Remove the folder, if it came to that."""
        if hasattr(self, "_folder"):
            shutil.rmtree(self._folder, ignore_errors=True)


def remove_left_over(parent: Path) -> None:
    """Remove the folders of servers that were killed: nobody holds their locks any more, master or worker."""
    for folder in parent.glob(f"{PREFIX}*"):
        found = folder.lstat()
        if found.st_uid != os.getuid() or time.time() - found.st_mtime < YOUNG:
            continue
        try:
            with (folder / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        except OSError:
            pass  # It has no lock: its server was killed before it could make one.
        shutil.rmtree(folder, ignore_errors=True)
