"""Two production servers that share a Redis, behind a load balancer, in front of a simulator: each its own process."""

import os
import sys
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from types import TracebackType

from config import Settings
from deploy.processes import Process, ports
from tests.support.proxy import RoundRobin
from tests.support.redis_server import RedisServer
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID


class Cluster:
    """`with Cluster(folder) as cluster`: everything runs, and is ended with the block."""

    def __init__(self, folder: Path) -> None:
        self.redis = RedisServer(tcp=True)
        self.proxy = RoundRobin()
        self.public_url = f"http://localhost:{self.proxy.port}"
        unset = {known.metadata["variable"]: "" for known in fields(Settings)}
        plain = {name: value for name, value in {**os.environ, **unset}.items() if name != "WEB_CONCURRENCY"}
        (port,) = ports(1)
        simulator = [sys.executable, "-m", "flask", "--app", "webapp", "simulator", "--port", str(port)]
        self.simulator = Process(
            [*simulator, "--public-url", self.public_url], port, folder / "simulator.log",
            plain | {"INSTANCE_PATH": str(folder)},
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

    def _server(self, folder: Path, environ: dict[str, str]) -> Process:
        folder.mkdir()
        (port,) = ports(1)
        # A folder of its own: they share Redis and SECRET_KEY and nothing else, as two machines would.
        own = environ | {"INSTANCE_PATH": str(folder), "PORT": str(port)}
        return Process([sys.executable, "-m", "webapp"], port, folder / "log", own)

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
