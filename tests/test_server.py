"""`python -m webapp` and gunicorn: how they start, what they say, and how they end."""

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from config import PROJECT
from tests.support.person import Person
from tests.support.server_process import GUNICORN, PYTHON, environment, free_port, running
from webapp.server import CannotListen, listen
from webapp.version import VERSION
from webapp.views.live import STREAM_SECONDS


def test_a_newcomer_is_told_where_to_go_and_who_to_be(tmp_path: Path) -> None:
    """The welcome has the URL, the simulator, the users and their password; Ctrl-C ends without a trace."""
    port, log = free_port(), tmp_path / "log"
    with running([*PYTHON, "--port", str(port)], environment(tmp_path), port, log) as process:
        home = requests.get(f"http://localhost:{port}/?code=code-canary", timeout=10)
        about = requests.get(f"http://127.0.0.1:{port}/simulator/about.json", timeout=10)
        os.killpg(process.pid, signal.SIGINT)
        assert 0 == process.wait(20)
    said = log.read_text()
    assert [200, 200] == [home.status_code, about.status_code]
    for expected in (f"Ready: http://localhost:{port}\n", "built-in simulator", "sharedTestUser", "PingOne-2026!"):
        assert expected in said
    assert "Traceback" not in said
    assert "canary" not in said


def test_gunicorn_serves_with_our_settings_and_finishes_on_sigterm(tmp_path: Path) -> None:
    """Fifty watchers keep nobody from signing on, and end with the server, before their time. No query is logged, even
    with the server's own access log switched on."""
    port, log = free_port(), tmp_path / "log"
    env = environment(tmp_path, PORT=str(port), WEB_THREADS="16")
    with running([*GUNICORN, "--access-logfile", "-"], env, port, log) as process:
        answer = requests.get(f"http://localhost:{port}/callback?code=code-canary&state=s", timeout=10)
        watchers = [watcher(port) for _ in range(50)]
        person = Person(f"http://localhost:{port}")
        assert "/session" == person.sign_on("hosted", "sharedTestUser", "PingOne-2026!").path
        process.terminate()
        assert 0 == process.wait(STREAM_SECONDS / 2)
    streams = [each for each in watchers if each.status_code == 200]
    assert (2, 48) == (len(streams), sum(each.status_code == 204 for each in watchers))
    assert ["event: end"] * 2 == [each.text.split("\n")[-4] for each in streams]
    assert 400 == answer.status_code
    assert re.search(r'"GET /callback" 400', log.read_text())
    assert "canary" not in log.read_text()


def watcher(port: int) -> requests.Response:
    """What a browser of its own gets that watches the story of its open sign-on: the beginning of the answer."""
    with requests.Session() as browser:
        step = browser.get(f"http://localhost:{port}/sign-on/redirectless", timeout=10)
        story = step.url.rpartition("/")[2]
        url, headers = f"http://localhost:{port}/traces/watch?of={story}", {"Accept": "text/event-stream"}
        return browser.get(url, headers=headers, stream=True, timeout=30)


def test_nothing_goes_round_the_settings(tmp_path: Path) -> None:
    """Neither arguments nor GUNICORN_CMD_ARGS may open the simulator to a network, or give each process its own."""
    said = {"--bind": "0.0.0.0:0", "--workers": "3", "--worker-class": "sync", "--forwarded-allow-ips": "*"}
    env = environment(tmp_path, PORT=str(free_port()), GUNICORN_CMD_ARGS=" ".join(f"{k} {v}" for k, v in said.items()))
    ended = subprocess.run([*GUNICORN, "--preload"], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=30)
    assert 0 != ended.returncode
    sentence = ended.stderr.strip().splitlines()[-1]
    assert "gunicorn was given --bind (set HOST and PORT), --workers (set WEB_CONCURRENCY)" in sentence
    assert [] == [name for name in (*said, "--preload") if name not in sentence]


def test_every_line_of_the_server_is_in_our_format(tmp_path: Path) -> None:
    """Start, refusals and end: one JSON object each, and nothing of a malformed header."""
    port, log = free_port(), tmp_path / "log"
    with running(GUNICORN, environment(tmp_path, PORT=str(port), LOG_FORMAT="json"), port, log) as process:
        for head in (b"GET / HTTP/1.1\r\nCoo kie: session=canary\r\n\r\n", b"GET /\xff HTTP/9.9 canary\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(head)
                assert b" 400 " in connection.recv(1000)
        process.terminate()
        assert 0 == process.wait(20)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"info", "warning"} == {line["level"] for line in lines}
    assert 2 == sum(line["event"] == "Invalid request from ip=127.0.0.1" for line in lines)
    [started] = [line for line in lines if line["event"] == "started"]
    expected = {"version": VERSION, "store": "sqlite", "pingone": "simulator", "workers": 1, "threads": 32}
    assert expected == {name: started[name] for name in expected}
    assert started["issuer"].startswith(f"http://127.0.0.1:{port}/simulator/")
    assert "canary" not in log.read_text()


def test_who_has_connected_is_served_before_the_end(tmp_path: Path) -> None:
    """A proxy that sent a code to a server which is just told to end gets the answer, not a broken connection."""
    port = free_port()
    with running([*PYTHON, "--port", str(port)], environment(tmp_path), port, tmp_path / "log") as process:
        assert 200 == requests.get(f"http://localhost:{port}/healthz", timeout=10).status_code
        (worker,) = map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
        os.kill(worker, signal.SIGSTOP)  # It is busy, and these wait for it in the kernel.
        waiting = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(5)]
        for connection in waiting:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        process.terminate()
        os.kill(worker, signal.SIGTERM)
        os.kill(worker, signal.SIGCONT)
        assert [b"HTTP/1.1 200"] * 5 == [connection.recv(12) for connection in waiting]
        assert 0 == process.wait(20)
        for connection in waiting:
            connection.close()


def test_a_server_that_has_just_started_can_be_stopped(tmp_path: Path) -> None:
    """A signal that comes before a worker can listen to it is not lost, or the stop would take the whole grace."""
    port = free_port()
    slow = "from webapp.gunicorn import *\nimport time\ndef post_fork(server, worker):\n    time.sleep(0.5)\n"
    (tmp_path / "slow.py").write_text(slow)
    command = [str(tmp_path / "slow.py") if part.startswith("python:") else part for part in GUNICORN]
    env = environment(tmp_path, PORT=str(port), PYTHONPATH=str(PROJECT))
    with running(command, env, port, tmp_path / "log") as process:
        while not Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text():
            assert process.poll() is None
        process.terminate()
        assert 0 == process.wait(25)


def test_a_server_that_ends_refuses_at_once(tmp_path: Path) -> None:
    """A proxy asks another instance then. Before, new visitors waited for the end and were cut off there."""
    port = free_port()
    with running([*PYTHON, "--port", str(port)], environment(tmp_path), port, tmp_path / "log") as process:
        assert 200 == requests.get(f"http://localhost:{port}/healthz", timeout=10).status_code
        with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
            process.terminate()
            with pytest.raises((ConnectionRefusedError, ConnectionResetError)):  # noqa: PT012
                while process.poll() is None:
                    socket.create_connection(("127.0.0.1", port), timeout=20).close()
            slow.sendall(b" localhost\r\nConnection: close\r\n\r\n")
            assert b"HTTP/1.1 200" == slow.recv(12)
        assert 0 == process.wait(20)


@pytest.mark.parametrize("command", [PYTHON, GUNICORN])
def test_faulty_settings_stop_the_start_with_the_whole_list(command: tuple[str, ...], tmp_path: Path) -> None:
    """Two faults are two lines on stderr, without a trace; the exit code is 1."""
    env = environment(tmp_path, PINGONE_REGION="US", LOG_LEVEL="loud")
    ended = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=30)
    assert 1 == ended.returncode
    assert 3 == ended.stderr.count("\n  - "), ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_image_without_its_settings_does_not_start(tmp_path: Path) -> None:
    """With what the Dockerfile sets and nothing else: one sentence, instead of published passwords for the world."""
    line = re.search(r"^ENV PATH=\S+ (.+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    assert line
    env = environment(tmp_path, **dict(pair.split("=") for pair in line[1].split()))
    assert ("0.0.0.0", "off") == (env["HOST"], env["SIMULATOR"])
    ended = subprocess.run(PYTHON, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=30)
    assert 1 == ended.returncode
    assert "PINGONE_ENVIRONMENT_ID and PINGONE_CLIENT_ID must be set" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    """It names the port and the way out, at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [*PYTHON, "--port", str(port)]
        ended = subprocess.run(
            command, cwd=PROJECT, env=environment(tmp_path), capture_output=True, text=True, timeout=30
        )
    assert 1 == ended.returncode
    assert [
        f"Cannot listen on 127.0.0.1: port {port} is in use: stop the other program, "
        "or choose another with --port or PORT."
    ] == ended.stderr.splitlines()


def test_an_empty_variable_that_gunicorn_reads_too_is_not_set(tmp_path: Path) -> None:
    """`WEB_CONCURRENCY=` in a compose file starts one process."""
    port, log = free_port(), tmp_path / "log"
    env = {**environment(tmp_path), "WEB_CONCURRENCY": ""}
    with running([*PYTHON, "--port", str(port)], env, port, log):
        assert 200 == requests.get(f"http://localhost:{port}/healthz", timeout=10).status_code


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    """`--port 0` would start somewhere nobody looks."""
    command = [*PYTHON, "--port", "0"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment(tmp_path), capture_output=True, text=True, timeout=30)
    assert 2 == ended.returncode
    assert "a port is a number from 1 to 65535" in ended.stderr


def test_an_address_that_is_not_ours_is_one_sentence() -> None:
    """A wrong HOST names the setting."""
    with pytest.raises(CannotListen, match="--host or HOST"):
        listen("192.0.2.1", 0)


def test_an_ipv6_address_can_be_listened_on() -> None:
    """Brackets are for URLs only."""
    if not socket.has_ipv6:
        pytest.skip("this computer has no IPv6")
    try:
        listening = listen("::1", 0)
    except CannotListen:
        pytest.skip("this computer has no IPv6 loopback address")
    with listening:
        assert socket.AF_INET6 == listening.family
