"""Pasted into a shell, with their variables filled in, the commands of a trace sign a user on at the simulator."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from werkzeug.serving import make_server

from webapp.simulator import create_simulator
from webapp.simulator.constants import CLIENT_ID, ENVIRONMENT_ID, PASSWORD
from webapp.trace.curl import curl_of
from webapp.trace.story import Story

# RFC 7636, Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
CALLBACK = "http://localhost:8000/callback"
FORM = "application/x-www-form-urlencoded"
MASKED = "a value that the recorder saw and the command does not have"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The simulator over real HTTP: the URL of its environment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = make_server("127.0.0.1", 0, create_simulator(url), threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"{url}/{ENVIRONMENT_ID}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def paste(exchange) -> Callable[..., tuple[str, dict[str, object]]]:
    """Make the command of a step and run it in a shell with the variables given: head and JSON of the answer."""
    if not shutil.which("curl"):
        assert "CI" not in os.environ, "curl is missing, and in CI a skipped test is a failed one"
        pytest.skip("curl is missing: the commands of the trace were not tried")

    def run(*parts, variables: dict[str, str], **more) -> tuple[str, dict[str, object]]:
        story = Story.begin("t", "redirectless", 0.0)
        story.record(exchange(*parts, **more))
        command = f"{curl_of(story.steps[0])} --silent --max-time 10"
        done = subprocess.run(["/bin/sh", "-c", command], env=os.environ | variables, capture_output=True, check=True)
        head, _, body = done.stdout.decode().partition("\r\n\r\n")
        return head, json.loads(body)

    return run


def test_a_whole_sign_on_can_be_pasted(base: str, paste) -> None:
    """Authorize, user name and password, resume with ST, token, userinfo: five commands from five steps."""
    request = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": MASKED,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "response_mode": "pi.flow",
    }
    _, flow = paste("GET", f"{base}/as/authorize?{urlencode(request)}", variables={"STATE": "my-own-state"})
    assert "USERNAME_PASSWORD_REQUIRED" == flow["status"]

    head, flow = paste(
        "POST",
        f"{base}/flows/{flow['id']}",
        sent=json.dumps({"username": "sharedTestUser", "password": MASKED}).encode(),
        sent_type="application/vnd.pingidentity.usernamePassword.check+json",
        variables={"PASSWORD": PASSWORD},
    )
    assert "COMPLETED" == flow["status"]
    session = re.search(r"(?im)^set-cookie: ST=([^;]+)", head)[1]

    cookie = (("Cookie", f"ST={MASKED}"),)
    _, resumed = paste("GET", f"{base}/as/resume?flowId={flow['id']}", headers=cookie, variables={"ST": session})
    assert "my-own-state" == resumed["authorizeResponse"]["state"]

    exchange = {
        "grant_type": "authorization_code",
        "code": MASKED,
        "redirect_uri": CALLBACK,
        "client_id": CLIENT_ID,
        "code_verifier": MASKED + "1",
    }
    known = {"CODE": resumed["authorizeResponse"]["code"], "CODE_VERIFIER": VERIFIER}
    _, tokens = paste("POST", f"{base}/as/token", sent=urlencode(exchange).encode(), sent_type=FORM, variables=known)
    assert "Bearer" == tokens["token_type"]

    bearer = (("Authorization", f"Bearer {MASKED}"),)
    known = {"ACCESS_TOKEN": tokens["access_token"]}
    _, claims = paste("GET", f"{base}/as/userinfo", headers=bearer, variables=known)
    assert "sharedTestUser" == claims["preferred_username"]
