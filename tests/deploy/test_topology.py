"""The whole installation without containers: nginx, two instances with two workers each, Redis, PingOne over TLS."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
import requests

from deploy.topology import Topology
from tests.deploy.conftest import asker, require
from tests.support.person import Person, password_form
from webapp.simulator import PASSWORD
from webapp.simulator.__main__ import main as simulator_program

pytestmark = pytest.mark.redis


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    """All of it, started once."""
    for names in (("nginx",), ("redis-server", "valkey-server"), ("openssl",)):
        require(*names)
    with Topology(tmp_path_factory.mktemp("topology")) as running:
        yield running


def person(running: Topology) -> Person:
    """Somebody with a browser that trusts the certificate of this run."""
    someone = Person(running.public_url)
    someone.http.verify = str(running.certificate)
    return someone


def served_by(running: Topology, last: str) -> list[str]:
    """The instance of each request that nginx has logged, after the line of the path `last`, which it writes late."""
    for _ in range(200):
        lines = [line.split() for line in (running.folder / "signon.log").read_text().splitlines()]
        if last in {line[3] for line in lines}:
            break
        time.sleep(0.02)
    return [line[7] for line in lines]


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
def test_a_sign_on_passes_through_it(running: Topology, mode: str) -> None:
    """From the start to the session, over both instances in turn; no log of ours has the code or the password."""
    someone = person(running)
    shown = someone.sign_on(mode, "sharedTestUser", PASSWORD)
    assert (200, "/session", True) == (shown.status, shown.path, someone.signed_in)
    assert {"__Host-session"} <= someone.cookies().keys()
    someone.close()
    assert {f"127.0.0.1:{instance.port}" for instance in running.instances} == set(served_by(running, "/session"))
    for log in {*running.folder.glob("*.log")} - {running.simulator.log}:
        assert not [word for word in ("code=", PASSWORD, "state=") if word in log.read_text()], log


def test_a_certificate_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The simulator ends with the reason, not with a trace."""
    with pytest.raises(SystemExit, match="2"):
        simulator_program(["--tls", "no-certificate.pem", "no-key.pem"])
    assert "--tls wants the PEM files of a certificate and of its key" in capsys.readouterr().err


def test_readiness_is_for_those_inside(running: Topology) -> None:
    """An instance tells; nginx does not pass it on."""
    ask = asker(running.https, running.certificate)
    inside = requests.get(f"http://127.0.0.1:{running.instances[0].port}/readyz", timeout=30)
    assert (404, 200) == (ask("/readyz").status, inside.status_code)


def test_a_killed_worker_takes_no_instance_out(running: Topology) -> None:
    """Both workers of an instance are killed; it serves every second request as before, and none is answered worse."""
    ask = asker(running.https, running.certificate)
    for worker in running.instances[0].workers():
        os.kill(worker, signal.SIGKILL)
        assert 200 == ask("/healthz").status
    assert [200] * 7 == [ask("/healthz").status for _ in range(7)]
    ask("/static/last")
    expected = [f"127.0.0.1:{instance.port}" for instance in running.instances * 4]
    assert sorted(expected) == sorted(served_by(running, "/static/last")[-8:])


def test_a_sign_on_goes_on_while_its_instance_is_restarted(running: Topology) -> None:
    """The other instance has what it needs."""
    someone = person(running)
    action, fields = password_form(someone.get("/sign-on/redirectless").text)
    running.instances[0].stop()
    shown = someone.post(action, fields | {"username": "sharedTestUser", "password": PASSWORD})
    running.instances[0].start()
    assert (200, "/session", True) == (shown.status, shown.path, someone.signed_in)
    someone.close()
