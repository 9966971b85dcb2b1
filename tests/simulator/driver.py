"""Talking to the simulator as a browser or a server would, by way of Flask's test client."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.contract.client import claims as claims
from tests.contract.client import header as header
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID, PASSWORD

BASE = "http://127.0.0.1:8123/simulator"
PUBLIC = "http://localhost:8123"
REDIRECT_URI = f"{PUBLIC}/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 1_776_721_044.737

    def __call__(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        self.seconds += seconds


class Driver:
    """One user agent with a cookie jar of its own."""

    def __init__(self, simulator: Flask, base: str = BASE) -> None:
        self.base = base
        self.client = simulator.test_client()
        self.simulator = simulator

    def another(self) -> Driver:
        """A second user agent without cookies."""
        return Driver(self.simulator, self.base)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(self._path(path), base_url=self.base, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.client.post(self._path(path), base_url=self.base, **options)

    def _path(self, path: str) -> str:
        """Absolute URLs as the simulator hands them out; ``/as`` and the like are within the environment."""
        if path.startswith(self.base):
            return path.removeprefix(self.base)
        inside = ("/as/", "/flows/", "/signon/", "/rp/")
        return f"/{ENVIRONMENT_ID}{path}" if path.startswith(inside) else path

    def authorize(self, **changes: str | None) -> TestResponse:
        """A good authorization request, changed: a value of None leaves the parameter out."""
        return self.get("/as/authorize", query_string=authorization_parameters(**changes))

    def start(self, **changes: str | None) -> dict[str, Any]:
        """A pi.flow request that must start a flow."""
        response = self.authorize(**{"response_mode": "pi.flow", **changes})
        assert 200 == response.status_code, response.text
        return body(response)

    def act(self, flow: Mapping[str, Any], action: str, **members: Any) -> TestResponse:
        """One action of the Flows API."""
        media_type = f"application/vnd.pingidentity.{action}+json"
        return self.post(f"/flows/{flow['id']}", data=json.dumps(members), content_type=media_type)

    def password(self, flow: Mapping[str, Any], username: str, password: str = PASSWORD) -> TestResponse:
        return self.act(flow, "usernamePassword.check", username=username, password=password)

    def resume(self, flow: Mapping[str, Any]) -> TestResponse:
        return self.get(f"/as/resume?flowId={flow['id']}")

    def code(self, username: str = "sharedTestUser", **changes: str | None) -> str:
        """A code by way of pi.flow."""
        flow = self.start(**changes)
        if "COMPLETED" != flow["status"]:
            assert "COMPLETED" == body(self.password(flow, username))["status"]
            flow = body(self.resume(flow))
        return str(flow["authorizeResponse"]["code"])

    def redeem(self, code: str, /, **changes: str | None) -> TestResponse:
        """The token request of the public client, changed."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
            "client_id": CLIENT_ID, "code_verifier": VERIFIER,
        }
        return self.post("/as/token", data=_changed(form, changes))

    def tokens(self, username: str = "sharedTestUser", **changes: str | None) -> dict[str, Any]:
        """The token answer of a whole sign-on."""
        response = self.redeem(self.code(username, **changes))
        assert 200 == response.status_code, response.text
        return body(response)

    def messages(self) -> list[dict[str, Any]]:
        """The inbox, newest first."""
        return list(body(self.get("/inbox"))["messages"])

    def choose(self, fault: str, mode: str = "next") -> TestResponse:
        return self.post("/faults", json={"fault": fault, "mode": mode})


def authorization_parameters(**changes: str | None) -> dict[str, str]:
    """A good authorization request of the public client, changed."""
    good = {
        "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "openid profile email",
        "state": "state-1", "nonce": "nonce-1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }
    return _changed(good, changes)


def _changed(good: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def body(response: TestResponse) -> dict[str, Any]:
    """The JSON object of an answer."""
    found = response.get_json()
    assert isinstance(found, dict), response.text
    return found


def query(location: str) -> dict[str, str]:
    """The query of a URL."""
    return dict(parse_qsl(urlsplit(location).query))
