"""A user agent: it follows no redirect, and replays cookies by hand.

Loopback is plain http, where a cookie jar neither keeps nor sends what is meant for https alone.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests import Response

from tests.contract.target import Application, Target, User

# https://www.rfc-editor.org/rfc/rfc7636#appendix-B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SECONDS = 20


def connections() -> requests.Session:
    """Connections that are used again, and nothing else that is remembered."""
    http = requests.Session()
    http.trust_env = False
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return http


class Agent:
    """Who talks to the target. ``cookies``: what it was told to keep, by name."""

    def __init__(self, target: Target, http: requests.Session) -> None:
        self.target = target
        self.http = http
        self.cookies: dict[str, str] = {}

    def another(self) -> "Agent":
        """Somebody else: no cookies."""
        return Agent(self.target, self.http)

    def get(self, url: str, **options: Any) -> Response:
        return self.send("GET", url, **options)

    def post(self, url: str, **options: Any) -> Response:
        return self.send("POST", url, **options)

    def send(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **options: Any) -> Response:
        """``url``: absolute, or a path below the environment's base."""
        url = f"{self.target.base}{url}" if url.startswith("/") else url
        sent = {"Accept": "application/json", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self.http.request(
            method, self.target.reach(url), headers=sent, allow_redirects=False, timeout=SECONDS, **options
        )
        for line in set_cookies(response):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return response

    def authorize(self, application: Application | None = None, **changes: str | None) -> Response:
        """A good authorization request, changed: None leaves a parameter out."""
        return self.get("/as/authorize", params=request_of(application or self.target.application(), **changes))

    def start(self, application: Application | None = None, **changes: str | None) -> dict[str, Any]:
        """A flow that this agent drives itself: pi.flow."""
        response = self.authorize(application, **{"response_mode": "pi.flow", **changes})
        assert 200 == response.status_code, response.text
        return dict(response.json())

    def act(self, flow: Mapping[str, Any], action: str, **members: Any) -> Response:
        """One action of the Flows API."""
        content_type = f"application/vnd.pingidentity.{action}+json"
        return self.post(f"/flows/{flow['id']}", data=json.dumps(members), headers={"Content-Type": content_type})

    def password(self, flow: Mapping[str, Any], user: User | None = None) -> Response:
        """The right credentials."""
        user = user or self.target.user()
        return self.act(flow, "usernamePassword.check", username=user.username, password=user.password)

    def read(self, flow: Mapping[str, Any]) -> dict[str, Any]:
        """The flow as it is now."""
        return dict(self.get(f"/flows/{flow['id']}").json())

    def resume(self, flow: Mapping[str, Any]) -> Response:
        return self.get(f"/as/resume?flowId={flow['id']}")

    def signed_on(self, application: Application | None = None, **changes: str | None) -> dict[str, Any]:
        """The answer of resume after a whole sign-on with pi.flow."""
        flow = self.start(application, **changes)
        if flow["status"] != "COMPLETED":
            answer = self.password(flow)
            assert (200, "COMPLETED") == (answer.status_code, answer.json().get("status")), answer.text
            flow = self.resume(flow).json()
        return flow

    def code(self, application: Application | None = None, **changes: str | None) -> str:
        return str(self.signed_on(application, **changes)["authorizeResponse"]["code"])


def request_of(application: Application, **changes: str | None) -> dict[str, str]:
    """A good authorization request, changed: None leaves a parameter out."""
    good = {
        "response_type": "code", "client_id": application.client_id, "redirect_uri": application.redirect_uri,
        "scope": "openid profile email", "state": "a-state", "nonce": "a-nonce",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def set_cookies(response: Response) -> list[str]:
    """The Set-Cookie lines of an answer, one by one."""
    return list(response.raw.headers.getlist("Set-Cookie"))


def location(response: Response) -> str:
    """Where a 302 leads."""
    assert 302 == response.status_code, response.text
    return response.headers["Location"]


def query(url: str) -> dict[str, str]:
    """The query of a URL, whose parameters must not be repeated."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), url
    return dict(pairs)


def flow_behind(response: Response) -> dict[str, str]:
    """The flow to which a redirect to a sign-on page leads."""
    return {"id": query(location(response))["flowId"]}
