"""Two production servers that share a Redis, behind a load balancer, in front of a simulator: each its own process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import fields
from pathlib import Path
from types import TracebackType

from config import PROJECT, Settings
from tests.support.proxy import RoundRobin
from tests.support.redis_server import RedisServer
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Program:
    """A process that listens on a port, started in a group of its own so that all of it can be ended."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], port: int, log: Path) -> None:
        self._command, self._environ, self.port, self.log = command, environ, port, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )
        give_up = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(self.log.read_text()[-3000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the whole group that we started, server and workers."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None

    def terminate(self) -> None:
        """SIGTERM: it finishes what it is at, and is then waited for."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
        self._process = None


class Cluster:
    """`with Cluster(folder) as cluster`: everything runs, and is ended with the block."""

    def __init__(self, folder: Path) -> None:
        self.redis = RedisServer(tcp=True)
        self.proxy = RoundRobin()
        self.public_url = f"http://localhost:{self.proxy.port}"
        unset = {known.metadata["variable"]: "" for known in fields(Settings)}
        plain = {name: value for name, value in {**os.environ, **unset}.items() if name != "WEB_CONCURRENCY"}
        port = free_port()
        simulator = [sys.executable, "-m", "flask", "--app", "webapp", "simulator", "--port", str(port)]
        self.simulator = Program(
            [*simulator, "--public-url", self.public_url], plain | {"INSTANCE_PATH": str(folder)}, port,
            folder / "simulator.log",
        )  # fmt: skip
        ours = {
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
            "PINGONE_AUTH_BASE_URL": f"http://127.0.0.1:{port}/{ENVIRONMENT_ID}",
            "PINGONE_CLIENT_ID": CLIENT_ID,
            "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
            "SIMULATOR": "off",
            "SECRET_KEY": "cluster-tests-cluster-tests-0123456789",
            "REDIS_URL": self.redis.url,
            "PUBLIC_URL": self.public_url,
            "LOG_LEVEL": "warning",
        }
        self.servers = [self._server(folder / f"server-{number}", plain | ours) for number in range(2)]
        self._stack = ExitStack()

    def _server(self, folder: Path, environ: dict[str, str]) -> Program:
        folder.mkdir()
        port = free_port()
        # A folder of its own: they share Redis and SECRET_KEY and nothing else, as two machines would.
        own = environ | {"INSTANCE_PATH": str(folder), "PORT": str(port)}
        return Program([sys.executable, "-m", "webapp"], own, port, folder / "log")

    def logs(self) -> str:
        """Everything that the two servers wrote."""
        return "".join(server.log.read_text() for server in self.servers)

    def __enter__(self) -> "Cluster":
        with ExitStack() as stack:
            stack.callback(self.redis.remove)
            self.redis.start()
            stack.enter_context(self.proxy)
            for program in (self.simulator, *self.servers):
                stack.callback(program.kill)
                program.start()
            self.proxy.serve(*(server.port for server in self.servers))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()
