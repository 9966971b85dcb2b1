"""The Flask example, started as its first line says, against a simulator that really listens."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.copied.conftest import Listening
from tests.copied.host import at_pingone
from webapp.server import listen
from webapp.simulator import ENVIRONMENT_ID, PASSWORD

PROJECT = Path(__file__).parent.parent.parent


class Visitor:
    """One browser, in which a person fills in forms."""

    def __init__(self, base):
        self.base, self.http = base, requests.Session()
        self.http.trust_env = False

    def get(self, path, **options):
        return self.http.get(urljoin(self.base, path), timeout=10, **options)

    def post(self, path, **fields):
        return self.http.post(urljoin(self.base, path), data=fields, headers={"Origin": self.base}, timeout=10)

    def password(self, username="sharedTestUser", password=PASSWORD):
        """Our own form, up to the answer to the password."""
        step = self.get("/sign-on/form").url
        return self.post(step, action="usernamePassword.check", username=username, password=password)

    @property
    def name(self):
        found = re.search(r"Signed on: (\w+)", self.get("/").text)
        return found[1] if found else ""


@pytest.fixture(scope="module")
def running():
    """The example on a port of its own, and its simulator."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    base = f"http://localhost:{port}"
    simulator = Listening(base)
    environ = {**os.environ, "PUBLIC_URL": base, "ISSUER": f"{simulator.base}/{ENVIRONMENT_ID}/as"}
    command = [sys.executable, "-m", "flask", "--app", "examples/flask_app", "run", "--port", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT, env=environ, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "Running on" in line:
            break
    yield base, simulator
    process.terminate()
    process.communicate(timeout=10)
    simulator.close()


@pytest.fixture
def visitor(running):
    return Visitor(running[0])


@pytest.fixture
def simulator(running):
    return running[1]


def test_the_first_line_is_the_command():
    """What the test starts is what the reader is told to start, and one file is enough: 120 lines."""
    lines = (PROJECT / "examples/flask_app.py").read_text().splitlines()
    assert "`flask --app examples/flask_app run --port 8000`" in lines[0]
    assert len(lines) <= 120


def test_hosted(visitor):
    """Sign on at PingOne's page; the same answer again is refused and signs nobody on or off."""
    there = visitor.get("/sign-on/hosted", allow_redirects=False).headers["Location"]
    back = at_pingone(there, public=visitor.base)
    assert 200 == visitor.get(back).status_code
    assert "sharedTestUser" == visitor.name
    assert (400, True) == ((again := visitor.get(back)).status_code, "sign_on_unknown" in again.text)
    assert "" == Visitor(visitor.base).name
    assert 400 == Visitor(visitor.base).get(back).status_code


def test_a_second_factor(visitor, simulator):
    """Password, device, passcode from the inbox."""
    page = visitor.password("mfaTestUser")
    if "DEVICE_SELECTION_REQUIRED" in page.text:
        device = re.search(r'<option value="([^"]+)"', page.text)[1]
        page = visitor.post(page.url, action="device.select", device=device)
    assert "OTP_REQUIRED" in page.text
    inbox = requests.get(f"{simulator.base}/inbox", headers={"Accept": "application/json"}, timeout=5).json()
    visitor.post(page.url, action="otp.check", otp=next(each["code"] for each in inbox["messages"] if each.get("code")))
    assert "mfaTestUser" == visitor.name


def test_a_wrong_answer(visitor):
    """The form comes again with PingOne's word for it, and the right answer then counts."""
    page = visitor.password(password="wrong")
    assert (422, True, "") == (page.status_code, "INVALID_CREDENTIALS" in page.text, visitor.name)
    visitor.post(page.url, action="usernamePassword.check", username="sharedTestUser", password=PASSWORD)
    assert "sharedTestUser" == visitor.name


def test_two_tabs(visitor):
    """The second does not break the first."""
    first, second = (visitor.get("/sign-on/hosted", allow_redirects=False).headers["Location"] for _ in range(2))
    assert [200, 200] == [visitor.get(at_pingone(url, public=visitor.base)).status_code for url in (second, first)]


def test_refresh_and_sign_off(visitor, simulator):
    """New tokens, then nobody: here, and at PingOne, whose session our server ends with `ST`."""
    visitor.password()
    before = simulator.count("/as/token")
    visitor.post("/refresh")
    assert (before + 1, "sharedTestUser") == (simulator.count("/as/token"), visitor.name)
    assert "/signed-off" == urlsplit(visitor.post("/sign-off").url).path
    assert "" == visitor.name
    assert any("ST=" in each.headers.get("Cookie", "") for each in simulator.heard if "signoff" in each.path)


def test_another_site_presses_no_button(visitor):
    """A form elsewhere signs nobody off."""
    visitor.password()
    answer = visitor.http.post(f"{visitor.base}/sign-off", headers={"Origin": "https://evil.example"}, timeout=5)
    assert (403, "sharedTestUser") == (answer.status_code, visitor.name)
