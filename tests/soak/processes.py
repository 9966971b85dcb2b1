"""The two processes of a soak: the provider, and the application under gunicorn."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import trustme

from config import Settings
from tests.soak.measures import Store
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID

PROJECT = Path(__file__).resolve().parents[2]
GRACE = 60


@dataclass
class Pair:
    """Both, running. `told` is what the provider said at its end."""

    public_url: str
    master: subprocess.Popen[bytes]
    store: Store
    authorities: Path | None
    told: dict[str, Any]

    @property
    def workers(self) -> list[int]:
        """The processes that serve."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        return [int(child) for child in children.read_text().split()]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate with its key for the provider, and the authority that vouches for it."""
    authority, server, bundle = trustme.CA(), folder / "server.pem", folder / "authority.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(server))
    authority.cert_pem.write_to_path(str(bundle))
    return server, bundle


@contextmanager
def running(
    folder: Path, speed: float, *, par: bool = False, tls: bool = False, workers: int = 1, redis: str = ""
) -> Iterator[Pair]:
    """Both for the length of a `with` block, with a clock that runs `speed` times as fast.

    `par`: authorization requests are pushed. `tls`: the provider is reached by https. `redis`: the URL of the store,
    an SQLite file without one.
    """
    server, authorities = _certificate(folder) if tls else ("", None)
    began = str(time.time())
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    public_url = f"http://localhost:{listening.getsockname()[1]}"
    command = [sys.executable, "-m", "tests.soak.provider", public_url, began, str(speed), str(server)]
    provider = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert provider.stdout
    environ = {
        **{known.metadata["variable"]: "" for known in fields(Settings)},
        "PATH": os.environ.get("PATH", ""),
        "PINGONE_AUTH_BASE_URL": provider.stdout.readline().strip(),
        "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
        "PINGONE_CLIENT_ID": CLIENT_ID,
        "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
        "PINGONE_PAR": "on" if par else "off",
        "PINGONE_CA_BUNDLE": str(authorities or ""),
        "PUBLIC_URL": public_url,
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "a-secret-key-of-the-soak-0123456789abcdef",
        "SESSION_MINUTES": "60",
        "SESSION_IDLE_MINUTES": "30",
        "LOG_LEVEL": "warning",
        "REDIS_URL": redis,
        "WEB_CONCURRENCY": str(workers),
    }
    descriptor = listening.fileno()
    with (folder / "log").open("w") as log:
        master = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.application", str(descriptor), began, str(speed)],
            cwd=PROJECT, env=environ, stdout=log, stderr=log, pass_fds=[descriptor],
        )  # fmt: skip
        listening.close()
        pair = Pair(public_url, master, Store(folder / "state.sqlite", redis), authorities, {})
        try:
            yield pair
        finally:
            master.terminate()
            master.wait(GRACE)
            answer, _ = provider.communicate(timeout=GRACE)
            pair.told.update(json.loads(answer or "{}"))
