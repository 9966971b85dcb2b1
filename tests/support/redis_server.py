"""A real redis-server of the test's own: private directory, no fixed port, stopped, killed or frozen at will."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import pytest


def require_redis() -> str:
    """The path of a redis-server (or valkey-server) program.

    Without one the test is skipped with a loud reason; where ``CI`` is set that is a failure.
    """
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program:
        return program
    reason = "NOT TESTED: no redis-server on this machine (apt-get install redis-server)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class RedisServer:
    """One redis-server, by default on a unix socket; ``with RedisServer() as server`` starts and stops it.

    ``tcp`` makes it listen on a free port of the loopback interface instead. ``options`` are lines of
    redis.conf, such as ``"maxmemory 1mb"``. Nothing is kept on disk, so a restart begins empty.
    """

    def __init__(self, *options: str, tcp: bool = False) -> None:
        self._program = require_redis()
        self._options = options
        # Not pytest's tmp_path: the name of a unix socket must stay below 104 characters.
        self.directory = Path(tempfile.mkdtemp(prefix="redis-"))
        self._socket = self.directory / "redis.sock"
        self._port = _free_port() if tcp else 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What REDIS_URL would be; the same before and after a restart."""
        return f"redis://127.0.0.1:{self._port}/0" if self._port else f"unix://{self._socket}?db=0"

    def start(self) -> "RedisServer":
        """Start and wait until it accepts connections."""
        self._socket.unlink(missing_ok=True)
        lines = (f"port {self._port}", "bind 127.0.0.1", 'save ""', "appendonly no", f"dir {self.directory}")
        listen = () if self._port else (f"unixsocket {self._socket}",)
        configuration = self.directory / "redis.conf"
        configuration.write_text("\n".join((*lines, *listen, *self._options)) + "\n")
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, str(configuration)], stdout=log, stderr=log)
        self._wait_until_it_accepts()
        return self

    def stop(self) -> None:
        """End it in an orderly way (SIGTERM)."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a farewell (SIGKILL)."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it and start it again, empty, at the same URL."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Let it hang: connections are accepted by the kernel and nothing is answered."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, with everything that it was sent meanwhile."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stop it and delete its directory."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> "RedisServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.send_signal(signal.SIGCONT)
        self._process.wait(10)
        self._process = None

    def _wait_until_it_accepts(self) -> None:
        give_up = time.monotonic() + 10
        while True:
            try:
                return self._connect().close()
            except OSError:
                assert self._process
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError((self.directory / "log").read_text()[-2000:]) from None
                time.sleep(0.01)

    def _connect(self) -> socket.socket:
        if self._port:
            return socket.create_connection(("127.0.0.1", self._port), timeout=1)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self._socket))
        except OSError:
            connection.close()
            raise
        return connection


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
