"""Each example, started as its first line says, against a simulator that really listens."""

import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.copied.conftest import Listening
from tests.simulator.page import Forms
from webapp.server import listen
from webapp.simulator import ENVIRONMENT_ID, PASSWORD

PROJECT = Path(__file__).parent.parent.parent
EXAMPLES = ("flask_app", "custom_page_app", "fastapi_app", "django_app")


@dataclass(frozen=True)
class Running:
    """One example and its simulator."""

    name: str
    base: str
    simulator: Listening


class Visitor:
    """One browser, in which a person fills in forms."""

    def __init__(self, base):
        self.base, self.http = base, requests.Session()
        self.http.trust_env = False

    def get(self, path, **options):
        return self.http.get(urljoin(self.base, path), timeout=10, **options)

    def post(self, path, **fields):
        return self.http.post(urljoin(self.base, path), data=fields, headers={"Origin": self.base}, timeout=10)

    def press(self, action):
        """Submit the form of the first page that leads to `action`, hidden fields included."""
        form = next(each for each in Forms(self.get("/").text).forms if each["action"] == action)
        return self.post(action, **form["fields"])

    def leave(self):
        """Begin in hosted mode; the address at PingOne."""
        return self.get("/sign-on/hosted", allow_redirects=False).headers["Location"]

    def password(self, username="sharedTestUser", password=PASSWORD):
        """Our own form, up to the answer to the password."""
        step = self.get("/sign-on/form").url
        return self.post(step, action="usernamePassword.check", username=username, password=password)

    @property
    def session(self):
        """The value of the session's cookie."""
        return self.http.cookies.get("session", "")

    @property
    def name(self):
        found = re.search(r"Signed on: (\w+)", self.get("/").text)
        return found[1] if found else ""


def first_line(name):
    return (PROJECT / "examples" / f"{name}.py").read_text().splitlines()[0]


def command(name, port):
    """The command of an example's first line, on another port and with this Python's programs."""
    program, *words = shlex.split(first_line(name).split("`")[1].replace("8000", str(port)))
    return [sys.executable, *(["-m", program] if program != "python" else []), *words]


@pytest.fixture(scope="module", params=EXAMPLES)
def running(request, tmp_path_factory):
    """The example on a port of its own, and its simulator."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    base = f"http://localhost:{port}"
    simulator = Listening(base)
    database = str(tmp_path_factory.mktemp("database") / "sessions")
    issuer = f"{simulator.base}/{ENVIRONMENT_ID}/as"
    environ = {**os.environ, "PUBLIC_URL": base, "ISSUER": issuer, "DATABASE": database}
    process = subprocess.Popen(
        [*command(request.param, port), *(["--noreload"] if request.param == "django_app" else [])],
        cwd=PROJECT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                Visitor(base).get("/")
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the example has ended"
                time.sleep(0.05)
        yield Running(request.param, base, simulator)
    finally:
        process.terminate()
        process.wait(timeout=10)
        simulator.close()


@pytest.fixture
def visitor(running):
    return Visitor(running.base)


@pytest.fixture
def simulator(running):
    return running.simulator
