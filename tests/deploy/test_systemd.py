"""`deploy/pingone-signon@.service`: read by systemd's own tools, and its command started as systemd would."""

import ctypes
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from config import PROJECT
from deploy.processes import ports
from tests.deploy.conftest import require
from tests.support.server_process import environment, running
from webapp import gunicorn

UNIT = PROJECT / "deploy/pingone-signon@.service"
PYTHON = "/opt/pingone-signon/.venv/bin/python"
ID = "b7c0a9d2-3c2e-4a53-9d0a-0f6a5f1f7d11"
REFUSE_NEW_CODE = (65, 1)
"""prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN), which is what MemoryDenyWriteExecute= means; since Linux 6.3."""


def lines(key: str) -> list[str]:
    """Every value of a key."""
    return re.findall(f"^{key}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program and a folder that are here in place of those on the machine that it is for."""
    text = UNIT.read_text(encoding="utf-8")
    assert text.count(PYTHON) == 1
    here = tmp_path / UNIT.name
    here.write_text(text.replace(PYTHON, sys.executable).replace("/opt/pingone-signon", str(PROJECT)))
    return here


def test_systemd_understands_every_line(unit: Path) -> None:
    """`systemd-analyze verify` has nothing to say, as it would about an unknown key."""
    command = [require("systemd-analyze", package="systemd"), "verify", str(unit.with_stem("pingone-signon@8001"))]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (0, "", "") == (said.returncode, said.stdout, said.stderr)
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))
    assert "ProtectHomes" in subprocess.run(command, capture_output=True, text=True, timeout=60).stderr


def test_it_is_closed_in(unit: Path) -> None:
    """By systemd's own measure at most 2.0 of 10, where a service without any of it has 9.6."""
    require("systemd-analyze", package="systemd")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert 0 == said.returncode, said.stdout[-200:]


def test_nobody_is_cut_off_when_it_stops() -> None:
    """systemd waits longer than the server does."""
    assert int(*lines("TimeoutStopSec")) > gunicorn.graceful_timeout


def test_its_command_tells_systemd_when_it_is_ready(tmp_path: Path) -> None:
    """Started as the unit says: two workers, metrics, secrets from files, JSON from the first line to the last."""
    port, metrics = ports(2)
    places = {"1%i": str(metrics), "%i": str(port), "%S": str(tmp_path), "%d": str(tmp_path)}
    said = " ".join(lines("Environment"))
    for known, here in places.items():
        said = said.replace(known, here)
    for credential in lines("LoadCredential"):
        (tmp_path / credential.partition(":")[0]).write_text("")
    (tmp_path / "secret_key").write_text("0123456789-abcdefghijklmnopqrstuvwxyz-9876543210")
    settings = {"PUBLIC_URL": "https://signon.example.com", "PINGONE_ENVIRONMENT_ID": ID, "PINGONE_CLIENT_ID": ID}
    settings |= dict(pair.split("=", 1) for pair in shlex.split(said))
    command = shlex.split(lines("ExecStart")[0].replace(PYTHON, sys.executable))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(20)
        environ = environment(tmp_path, **settings) | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        guard = ctypes.CDLL(None).prctl  # Loaded before the fork.
        with running(command, environ, port, tmp_path / "log", lambda: guard(*REFUSE_NEW_CODE, 0, 0, 0)) as process:
            assert told.recv(100).startswith(b"READY=1\n")
            assert 200 == requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).status_code
            assert 200 == requests.get(f"http://127.0.0.1:{metrics}/metrics", timeout=10).status_code
            os.kill(process.pid, signal.SIGTERM)
            assert 0 == process.wait(20)
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert 2 == sum("Booting worker" in str(event) for event in events)
    assert "Shutting down: Master" in str(events[-1])
