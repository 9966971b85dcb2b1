"""The application in a process of its own, in front of a provider that the test holds in its hands."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from tests.soak.browser import Browser, Wires
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider, providing

PROJECT = Path(__file__).resolve().parents[2]


@dataclass
class Served:
    """A running application."""

    public_url: str
    provider: Provider
    master: subprocess.Popen[bytes]
    wires: list[Wires] = field(default_factory=list)

    def browser(self) -> Browser:
        """A new visitor with connections of its own."""
        self.wires.append(Wires())
        return Browser(self.public_url, self.wires[-1])

    def callback(self, browser: Browser) -> str:
        """The address of the answer to a hosted sign-on, which the browser has not visited yet."""
        return browser.get(browser.get("/sign-on/hosted").location).location

    @property
    def threads(self) -> int:
        """Of the worker."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text().split()
        status = Path(f"/proc/{children[0]}/status").read_text()
        return int(status.partition("Threads:")[2].split()[0])


Serve = Callable[..., Served]


@contextmanager
def served(folder: Path, deadline: float, stderr: Any, **environ: str) -> Iterator[Served]:
    """Start both, and end what is left of them."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    public_url = f"http://localhost:{listening.getsockname()[1]}"
    with providing(public_url) as provider:
        settings = {
            **{known.metadata["variable"]: "" for known in fields(Settings)},
            "PATH": os.environ.get("PATH", ""),
            "PINGONE_AUTH_BASE_URL": provider.base_url,
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
            "PINGONE_CLIENT_ID": CLIENT_ID,
            "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
            "PUBLIC_URL": public_url,
            "INSTANCE_PATH": str(folder),
            "SECRET_KEY": "process-faults-process-faults-0123456789",
            **environ,
        }
        command = [sys.executable, "-m", "tests.soak.application", str(listening.fileno()), str(time.time()), "1"]
        master = subprocess.Popen(
            [*command, str(deadline)], cwd=PROJECT, env=settings, stderr=stderr, pass_fds=[listening.fileno()]
        )
        listening.close()
        running = Served(public_url, provider, master)
        try:
            yield running
        finally:
            for wires in running.wires:
                wires.close()
            provider.return_()
            if master.poll() is None:
                master.terminate()
                try:
                    master.wait(20)
                except subprocess.TimeoutExpired:
                    master.kill()
                    master.wait(20)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start an application; `deadline` is seconds for its calls to PingOne, other keywords are settings."""
    with ExitStack() as stack:

        def start(deadline: float = 8.0, stderr: Any = subprocess.DEVNULL, **environ: str) -> Served:
            running = stack.enter_context(served(tmp_path, deadline, stderr, **environ))
            assert 200 == running.browser().get("/").status
            return running

        yield start
