"""The port of the metrics under gunicorn: workers add up, what is dead leaves nothing, and who may not ask cannot."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests

from config import PROJECT, Settings, SettingsInvalid
from tests.support.server_process import GUNICORN, environment, free_port, running
from webapp.metrics.workers import PREFIX, Shared, remove_left_over


def read(port: int) -> dict[str, float]:
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    return {name: float(value) for name, value in re.findall(r"^pingone_signon_(\S+) (\S+)$", text, re.MULTILINE)}


def at(pingone: socket.socket) -> dict[str, str]:
    base = f"http://127.0.0.1:{pingone.getsockname()[1]}"
    return {"PINGONE_AUTH_BASE_URL": base, "PINGONE_CLIENT_ID": "a-client"}


def workers_of(master: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def test_workers_add_up_and_what_a_dead_one_counted_stays(tmp_path: Path) -> None:
    """Whichever worker is asked. Both are killed, one while it waits for PingOne: their places and files are their
    successors', who have nothing to do."""
    port, metrics = free_port(), free_port()
    given = {"WEB_CONCURRENCY": "2", "METRICS_PORT": str(metrics), "PORT": str(port)}
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        running(GUNICORN, environment(tmp_path, **given, **at(silent)), port, tmp_path / "log") as process,
    ):
        name = 'refusals_total{code="not_found"}'
        _until(lambda: read(metrics).get("threads") == 64)
        folder = _folder_of(workers_of(process.pid)[0])
        by_worker = [0, 0]
        while 0 in by_worker:  # Whichever of the two is asked.
            requests.get(f"http://localhost:{port}/nowhere", timeout=10, headers={"Connection": "close"})
            by_worker = [_named(folder / f"counter_{place}.db", "not_found") for place in (0, 1)]
        files = sorted(path.name for path in folder.iterdir())
        counted = read(metrics)[name]
        assert 2 <= counted
        assert {counted} == {read(metrics)[name] for _ in range(5)}
        with socket.create_connection(("localhost", port)) as waiting:
            waiting.sendall(f"GET /sign-on/redirectless HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            _until(lambda: (read(metrics)["threads_busy"], read(metrics)["calls_in_progress"]) == (1, 1))
            killed = workers_of(process.pid)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            _until(lambda: len({*workers_of(process.pid)} - {*killed}) == 2)
            _until(lambda: read(metrics)["threads"] == 64)
        assert (counted, 0, 0) == tuple(read(metrics)[each] for each in (name, "threads_busy", "calls_in_progress"))
        assert files == sorted(path.name for path in folder.iterdir())
        with pytest.raises(requests.ConnectionError):  # Who listens on every address answers at this one as well.
            requests.get(f"http://127.0.0.2:{metrics}/metrics", timeout=2)
        assert 404 == requests.get(f"http://localhost:{port}/metrics", timeout=10).status_code
        process.terminate()
        assert 0 == process.wait(20)
        assert not folder.exists()


def test_a_busy_port_of_the_metrics_is_one_sentence(tmp_path: Path) -> None:
    """It names the setting; the server does not run half."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = environment(tmp_path, METRICS_PORT=str(taken.getsockname()[1]), PORT=str(free_port()))
        ended = subprocess.run(GUNICORN, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=30)
    assert 1 == ended.returncode
    assert "choose another with METRICS_PORT." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_that_did_not_start_removes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder was never made; what is removed at the end must not be where it happens to run."""
    (tmp_path / "kept").touch()
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        shared = Shared("127.0.0.1", taken.getsockname()[1], "sqlite", str(tmp_path))
        with pytest.raises(SystemExit, match="METRICS_PORT"):
            shared.on_starting(None)
    shared.on_exit(None)
    assert [tmp_path / "kept"] == [*tmp_path.iterdir()]


def test_the_application_s_own_port_is_not_for_metrics() -> None:
    """Everybody could read them there."""
    with pytest.raises(SettingsInvalid, match="METRICS_PORT must be another port than PORT"):
        Settings.from_env({"METRICS_PORT": "8000", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"})


def test_a_killed_server_s_folder_is_removed_by_the_next(tmp_path: Path) -> None:
    """Unless somebody holds its lock, or it was only just made."""
    for name in ("dead", "alive", "young", "bare"):
        (tmp_path / f"{PREFIX}{name}").mkdir()
        (tmp_path / f"{PREFIX}{name}" / "counter_0.db").touch()
        if name != "bare":
            (tmp_path / f"{PREFIX}{name}" / "lock").touch()
        if name != "young":
            os.utime(tmp_path / f"{PREFIX}{name}", (time.time() - 3600,) * 2)
    (tmp_path / "another").mkdir()
    with (tmp_path / f"{PREFIX}alive" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_left_over(tmp_path)
    assert ["another", f"{PREFIX}alive", f"{PREFIX}young"] == sorted(path.name for path in tmp_path.iterdir())


def _folder_of(worker: int) -> Path:
    """What it counts into is mapped into its memory."""
    found = re.search(rf"\S*/{PREFIX}[^/]+", Path(f"/proc/{worker}/maps").read_text())
    assert found
    return Path(found[0])


def _named(file: Path, label: str) -> int:
    return file.read_bytes().count(label.encode())


def _until(true: object) -> None:
    for _ in range(200):
        try:
            if true():  # type: ignore[operator]
                return
        except (requests.ConnectionError, FileNotFoundError):
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come to that")
