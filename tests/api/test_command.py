"""`flask --app webapp api`: the API as a process of its own, in front of a simulator that is another one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from config import PROJECT
from tests.copied.conftest import Listening
from tests.copied.host import PUBLIC, at_pingone
from webapp import oidc
from webapp.server import listen
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID


@pytest.fixture
def simulator() -> Iterator[Listening]:
    """The simulator on a port of its own."""
    simulator = Listening()
    yield simulator
    simulator.close()


@pytest.fixture
def api(simulator: Listening, tmp_path: Path) -> Iterator[str]:
    """The address of the API's orders."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "PINGONE_AUTH_BASE_URL": f"{simulator.base}/{ENVIRONMENT_ID}",
        "PINGONE_CLIENT_ID": CLIENT_ID,
        "API_AUDIENCE": "https://orders.example.com",
        "INSTANCE_PATH": str(tmp_path),
    }
    command = [sys.executable, "-m", "flask", "--app", "webapp", "api", "--port", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/api/orders"
    try:
        for _ in range(1200):
            try:
                requests.get(address, timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the API has ended"
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_the_command_serves_an_api_that_knows_the_issuers_tokens(simulator: Listening, api: str) -> None:
    """A token of the simulator opens it, none and an ID token do not; other addresses are not there."""
    http, client = requests.Session(), oidc.Client(CLIENT_ID)
    party = oidc.RelyingParty.discovered(f"{simulator.base}/{ENVIRONMENT_ID}/as", client, f"{PUBLIC}/callback", http)
    url, attempt = party.begin(http, oidc.Ask(scope="openid orders:read"), time.time)
    answer = tuple(parse_qsl(urlsplit(at_pingone(url)).query))
    tokens = party.finish(http, attempt, answer, time.time).tokens
    shown = [{}, *({"Authorization": f"Bearer {token}"} for token in (tokens.id_token, tokens.access_token))]
    assert [401, 401, 200] == [requests.get(api, headers=headers, timeout=5).status_code for headers in shown]
    assert 404 == requests.get(api.replace("/api/", "/"), timeout=5).status_code
