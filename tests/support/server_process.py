"""The application as a process of its own, started as people start it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from config import PROJECT, Settings

PYTHON = (sys.executable, "-m", "webapp")
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "python:webapp.gunicorn", "webapp:create_app()")


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """The environment of a process in which only `settings` are set, whatever the developer's own `.env` says."""
    unset = {known.metadata["variable"]: "" for known in fields(Settings)}
    env = {**os.environ, **unset, "INSTANCE_PATH": str(instance), **settings}
    if not env["WEB_CONCURRENCY"]:
        del env["WEB_CONCURRENCY"]  # Gunicorn's own program fails on an empty one.
    return env


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], env: dict[str, str], port: int, log: Path, before: Callable[[], object] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A server in a process group of its own, as a terminal would start it, that answers already. `before` is called in
    its process, before its program begins."""
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=PROJECT, env=env, stdout=output, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            preexec_fn=before,
        ) as process,
    ):
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
