"""The processes of a benchmark: one provider, one gunicorn for each application, and what /proc says about them."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

import certifi
import trustme

from config import Settings
from tests.bench.contestants import Contestant
from tests.bench.visitor import Visitor

PROJECT = Path(__file__).resolve().parents[2]
THREADS = 8
FEW, MANY = 5, 25
"""Sign-ons in two runs under valgrind: the difference is free of what starting costs."""


def write_certificates(folder: Path) -> Path:
    """Make the provider's certificate, and return the trust store for the applications.

    It holds the public authorities as well: how long a trust store takes to read is part of what is measured.
    """
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    bundle = folder / "authorities.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    return bundle


@dataclass(frozen=True)
class Served:
    """What the provider has counted so far."""

    calls: int
    connections: int


class ProviderProcess:
    """The provider; `base` is where an application finds it. It ends with the `with` block, or with this process."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.provider", str(folder)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.base = self._line()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10)

    def served(self) -> Served:
        """The ledger."""
        return self._obeyed("ledger")

    def slow_down(self, answer: float, connection: float) -> None:
        """Let each answer and each new connection take so many seconds longer."""
        self._obeyed(f"delay {answer} {connection}")

    def _obeyed(self, command: str) -> Served:
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        found = json.loads(self._line())
        return Served(found.get("calls", 0), found.get("connections", 0))

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


NODE_MODULES = PROJECT / ".cache" / "bench-node"


def node_ready(source: Path) -> bool:
    """Install what the Node contestant needs, once; False where there is no Node or nothing can be installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    if not (NODE_MODULES / "node_modules").is_dir():
        NODE_MODULES.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / source / "package.json", NODE_MODULES)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
        if subprocess.run(command, cwd=NODE_MODULES, capture_output=True, check=False).returncode:
            return False
    shutil.copy(PROJECT / source / "server.mjs", NODE_MODULES)
    return True


def _gunicorn(contestant: Contestant, descriptor: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", *contestant.options, "--keep-alive", "60", contestant.target]
    if contestant.options:  # Ours: address, processes and threads come from its settings alone.
        return command
    threads = ["--worker-class", "gthread", "--workers", str(contestant.processes), "--threads", str(THREADS)]
    return [*command, "--bind", f"fd://{descriptor}", *threads, "--no-control-socket"]


class Application:
    """One application: a gunicorn whose workers have eight threads, or Node, on a socket that is ours."""

    def __init__(self, contestant: Contestant, environ: dict[str, str], folder: Path) -> None:
        """`environ` is all that it learns; `folder` its own place on the disk."""
        folder.mkdir(exist_ok=True)
        listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.public_url = f"http://localhost:{listening.getsockname()[1]}"
        self._contestant, self._log = contestant, (folder / "log").open("w+")
        descriptor = listening.fileno()
        self._environ = {
            # Set to nothing, so that a developer's .env decides about none of them.
            **{known.metadata["variable"]: "" for known in fields(Settings)},
            "HOST": "127.0.0.1",
            "PORT": str(listening.getsockname()[1]),
            "WEB_CONCURRENCY": str(contestant.processes),
            "WEB_THREADS": str(THREADS),
            "PATH": os.environ.get("PATH", ""),
            "PUBLIC_URL": self.public_url,
            "INSTANCE_PATH": str(folder),
            "SECRET_KEY": "a-secret-key-of-the-benchmark-0123456789",
            "LISTEN_FD": str(descriptor),
            **environ,
        }
        if contestant.options:
            listening.close()  # It opens its own, at the same address.
        self._process = subprocess.Popen(
            ["node", str(NODE_MODULES / "server.mjs")] if contestant.node else _gunicorn(contestant, descriptor),
            cwd=PROJECT,
            env=self._environ,
            stdout=self._log,
            stderr=self._log,
            pass_fds=[] if contestant.options else [descriptor],
        )
        # Now it is the server's alone: when that dies, visitors are refused and do not wait.
        listening.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(15)
        self._log.close()

    def wait(self) -> None:
        """Return when it answers; raise RuntimeError with the end of its log when it does not."""
        while True:
            try:
                with Visitor(self.public_url) as visitor:
                    visitor.request("GET", "/")
                return
            except (OSError, IndexError) as failure:
                if isinstance(failure, ConnectionRefusedError) and self._process.poll() is None:
                    time.sleep(0.05)  # It does not listen yet.
                    continue
                self._log.seek(0)
                raise RuntimeError(f"an application did not start:\n{self._log.read()[-3000:]}") from failure

    @property
    def countable(self) -> bool:
        """Whether it is Python, and signs people on."""
        return bool(self._contestant.start) and not self._contestant.node

    def calls(self) -> dict[str, float]:
        """Python calls in one sign-on, by part of the program; empty for what is not Python."""
        if not self.countable:
            return {}
        parts: dict[str, float] = json.loads(self._in_process().stdout.splitlines()[-1])["parts"]
        return parts

    def instructions(self) -> float:
        """Instructions of the processor in one sign-on, the kernel's left out; 0 where valgrind is missing."""
        if not self.countable or not shutil.which("valgrind"):
            return 0.0
        few, many = (self._instructions(count) for count in (FEW, MANY))
        return (many - few) / (MANY - FEW)

    def _instructions(self, sign_ons: int) -> int:
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        told = self._in_process(str(sign_ons), before=valgrind).stderr
        return int(re.findall(r"I +refs: +([\d,]+)", told)[-1].replace(",", ""))

    def _in_process(self, *more: str, before: Sequence[str] = ()) -> "subprocess.CompletedProcess[str]":
        contestant = self._contestant
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [*before, sys.executable, "-m", "tests.bench.calls", contestant.target, contestant.start, *more],
                cwd=PROJECT,
                env={**self._environ, "INSTANCE_PATH": folder, "PYTHONHASHSEED": "0"},
                capture_output=True,
                text=True,
                check=False,
            )
        if run.returncode:
            raise RuntimeError(f"{contestant.name} could not be counted:\n{run.stderr[-2000:]}")
        return run

    def cpu_seconds(self) -> float:
        """Seconds of CPU that the workers' threads have used so far, to the nanosecond; 0 where there is no /proc."""
        # /proc/PID/stat counts in hundredths of a second, in which a dozen sign-ons find room.
        tasks = [task for worker in self._workers() for task in Path(f"/proc/{worker}/task").glob("*/schedstat")]
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def peak_megabytes(self) -> float:
        """The most memory that a worker has held at once."""
        status = [Path(f"/proc/{worker}/status") for worker in self._workers()]
        peaks = [int(each.read_text().partition("VmHWM:")[2].split()[0]) / 1024 for each in status if each.exists()]
        return max(peaks, default=0.0)

    def _workers(self) -> list[str]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        found = children.read_text().split() if children.exists() and not self._contestant.node else []
        return found or [str(self._process.pid)]
