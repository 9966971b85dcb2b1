"""The application is killed (SIGKILL) at every store call and every outbound call, and another one takes its place."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.sessions.conftest import SECRET_KEY
from tests.support.person import Person, Shown
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider
from tests.support.provider_answers import PASSWORD
from tests.support.provider_tokens import USERNAME
from tests.support.raw_http import Answer
from tests.support.raw_server import Wire

ROOT = Path(__file__).resolve().parents[2]
EVERY = bool(os.environ.get("EVERY_KILL"))
"""EVERY_KILL=1: sign-on in all modes and refresh as well, minutes of real deaths. Without it the suite kills within
sign-off only, and `test_nth_call.py` lets every call of everything fail."""
MODES = ("hosted", "redirectless", "custom") if EVERY else ()
PATHS = ("/session/refresh", "/sign-off") if EVERY else ("/sign-off",)
OFTEN = 40

Act = Callable[[Person], Shown]


class Line:
    """The applications, one alive at a time, and the provider that they use."""

    def __init__(self, folder: Path, templates: FileSystemBytecodeCache) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.public_url = f"http://localhost:{port}"
        self.file = folder / "state.sqlite"
        self.provider = Provider(self.public_url)
        environ = {
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID, "PINGONE_AUTH_BASE_URL": self.provider.base_url,
            "PINGONE_CLIENT_ID": CLIENT_ID, "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID, "SECRET_KEY": SECRET_KEY,
            "INSTANCE_PATH": str(folder), "LOG_LEVEL": "error", "PORT": str(port),
        }  # fmt: skip
        command = [sys.executable, str(Path(__file__).with_name("mortal.py"))]
        self._mother = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self._write(json.dumps({"environ": environ, "templates": templates.directory}))
        self.alive = 0

    def next(self, die_at: int = 0) -> None:
        """Kill the one that lives, if any, and let another one live until its `die_at`-th store call."""
        self.kill()
        self._write(str(die_at))
        assert self._mother.stdout
        self.alive = int(self._mother.stdout.readline())

    def kill(self) -> None:
        """SIGKILL, to the process that we started and to no other."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.alive, signal.SIGKILL)
        self.alive = 0

    def sessions(self) -> int:
        """How many session records there are."""
        connection = sqlite3.connect(self.file)
        with suppress(sqlite3.OperationalError):
            (found,) = connection.execute("SELECT count(*) FROM records WHERE key LIKE 'session:%'").fetchone()
            connection.close()
            return int(found)
        connection.close()
        return 0

    def forget(self) -> None:
        """Begin the next run with an empty store and an honest provider."""
        for file in self.file.parent.glob("state.sqlite*"):
            file.unlink()
        self.provider.reset()

    def close(self) -> None:
        self.kill()
        assert self._mother.stdin
        assert self._mother.stdout
        self._mother.stdin.close()
        self._mother.wait(10)
        self._mother.stdout.close()
        self.provider.server.stop()

    def _write(self, line: str) -> None:
        assert self._mother.stdin
        self._mother.stdin.write(f"{line}\n")
        self._mother.stdin.flush()


class DeathAtCall(dict[str, Any]):
    """Kills the application while it waits for the answer to its n-th call; the browser's own calls are exempt."""

    def __init__(self, line: Line, nth: int, exempt: set[str]) -> None:
        super().__init__()
        self.line, self.nth, self.exempt, self.made = line, nth, exempt, 0

    def get(self, endpoint: str, default: Any = None) -> Any:
        if endpoint in self.exempt:
            return default
        self.made += 1
        return self._kill if self.made == self.nth else default

    def _kill(self, wire: Wire, answer: Answer) -> bool:
        self.line.kill()
        return False


@pytest.fixture
def line(tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Line]:
    """One line of applications on one port."""
    line = Line(tmp_path, compiled_templates)
    yield line
    line.close()


def assert_whole(line: Line, person: Person, mode: str) -> None:
    """With another application in place: a whole session or none, and the same browser signs on and off."""
    line.provider.faults = {}
    line.next()
    assert (1 if person.signed_in else 0) == line.sessions()
    if person.signed_in:
        assert 200 == person.post("/session/userinfo").status
        person.post("/sign-off")
    assert (False, 0) == (person.signed_in, line.sessions())
    page = person.sign_on(mode, USERNAME, PASSWORD)
    assert (200, "/session", True, 1) == (page.status, page.path, person.signed_in, line.sessions()), page
    assert [] == line.provider.complaints
    person.close()


def each_death(line: Line, mode: str, prepare: Callable[[Person], object], act: Act, exempt: set[str]) -> int:
    """Kill at each store call and then at each outbound call of `act`; return how many died."""
    deaths = 0
    for where in ("store", "outbound"):
        for nth in count(1):
            assert nth < OFTEN
            line.forget()
            person = Person(line.public_url)
            line.next()
            prepare(person)
            if where == "outbound":
                line.next()  # One that has fetched neither metadata nor keys yet.
                faults = line.provider.faults = DeathAtCall(line, nth, exempt)
            else:
                line.next(die_at=nth)
            page = act(person)
            assert page.status in (0, 200)
            died = page.status == 0
            assert died or where == "store" or faults.made < nth
            assert_whole(line, person, mode)
            if not died:
                break
            deaths += 1
    return deaths


def _sign_on(mode: str) -> Act:
    return lambda person: person.sign_on(mode, USERNAME, PASSWORD)


@pytest.mark.skipif(not EVERY, reason="NOT TESTED here: set EVERY_KILL=1")
@pytest.mark.parametrize("mode", MODES)
def test_sign_on(line: Line, mode: str) -> None:
    """Whatever a killed process left behind, nobody is half signed in and nobody is locked out."""
    exempt = set() if mode == "redirectless" else {"authorize"}
    deaths = each_death(line, mode, lambda person: None, _sign_on(mode), exempt)
    assert {"hosted": 11, "redirectless": 17, "custom": 22}[mode] <= deaths


@pytest.mark.parametrize("path", PATHS)
def test_afterwards(line: Line, path: str) -> None:
    """A refresh token that was spent by a killed process ends its session later, cleanly; sign-off can be repeated."""
    deaths = each_death(line, "hosted", _sign_on("hosted"), lambda person: person.post(path), {"signoff", "authorize"})
    assert {"/session/refresh": 12, "/sign-off": 8}[path] <= deaths
