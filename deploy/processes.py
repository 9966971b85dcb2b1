"""Programs on this computer that listen on loopback: started, waited for, stopped, killed."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from config import PROJECT

PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def program(*names: str) -> str:
    """The path of the first of these programs that is here; raises FileNotFoundError."""
    for name in names:
        if found := shutil.which(name, path=PLACES):
            return found
    raise FileNotFoundError(f"{' or '.join(names)} is not installed")


@dataclass
class Process:
    """A program that listens on a port of loopback, in a process group of its own."""

    command: Sequence[str]
    port: int
    log: Path
    environ: dict[str, str] = field(default_factory=dict, repr=False)
    running: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Start, and return when it accepts connections; raises RuntimeError with its last lines if it ends."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(  # noqa: S603  # our own commands
                self.command, cwd=PROJECT, env=self.environ or None, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Return when it accepts connections."""
        assert self.running  # noqa: S101
        give_up = time.monotonic() + 60
        while not listens(self.port):
            if self.running.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"{self.command[0]} does not listen:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """SIGTERM, and wait until it has finished what it is at."""
        if self.running is not None:
            self.running.terminate()
            self.running.wait(60)

    def workers(self) -> list[int]:
        """The processes that it has forked."""
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children") if self.running else None
        return [int(child) for child in children.read_text().split()] if children else []

    def kill(self) -> None:
        """SIGKILL, to all that is left of its group."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()

    def end(self) -> None:
        """Stop it; and what does not stop within seconds is killed."""
        if self.running is not None:
            with suppress(subprocess.TimeoutExpired):
                self.running.terminate()
                self.running.wait(5)
        self.kill()


def listens(port: int) -> bool:
    """Whether something accepts connections on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports(count: int, *wanted: int) -> list[int]:
    """As many ports: those that are wanted, and free ones for the rest."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", port))) for port in wanted]
        taken += [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count - len(wanted))]
        return [int(each.getsockname()[1]) for each in taken]
