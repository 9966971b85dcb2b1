"""The ST cookie: who gets it, what it is worth, how it ends."""

from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlsplit

import pytest
import requests

from tests.contract.agent import Agent, location, set_cookies
from tests.contract.client import Client
from tests.contract.facts import fact
from tests.contract.target import Target


def session_token(response: requests.Response) -> Morsel[str]:
    """The ST cookie that an answer sets."""
    lines = [line for line in set_cookies(response) if line.startswith("ST=")]
    assert 1 == len(lines), set_cookies(response)
    return SimpleCookie(lines[0])["ST"]


@fact("9-name", "9-set-by-credentials", "9-path", "9-max-age", "9-http-only", "9-opaque")
def test_the_right_credentials_set_it(agent: Agent):
    """For a month, for the whole environment, out of reach of scripts."""
    cookie = session_token(agent.password(agent.start()))
    assert urlsplit(agent.target.base).path == (cookie["path"].rstrip("/") or "")
    assert "2592000" == cookie["max-age"]
    assert cookie["expires"]
    assert cookie["httponly"]
    assert len(cookie.value) >= 32


@fact("9-sibling", "9-sibling-counts")
def test_a_sibling_has_the_same_value(agent: Agent):
    """For browsers that do not know SameSite=None; either of the two is enough to resume, and both go at sign-off."""
    agent.target.played("whether a tenant sets it for this client is not known")
    flow = agent.start()
    lines = set_cookies(agent.password(flow))
    sibling = next(line for line in lines if line.startswith("ST-NO-SS="))
    assert "samesite" not in sibling.lower()
    assert agent.cookies["ST"] == agent.cookies["ST-NO-SS"]
    del agent.cookies["ST"]
    assert "authorizeResponse" in agent.resume(flow).json()
    agent.get("/as/signoff")
    assert {} == agent.cookies


@fact("9-set-by-credentials")
def test_wrong_credentials_do_not(agent: Agent):
    """Nothing was proved."""
    refused = agent.act(
        agent.start(), "usernamePassword.check", username=agent.target.user().username, password="not-the-password"
    )
    assert [] == [line for line in set_cookies(refused) if line.startswith("ST=")]


@pytest.fixture
def over_https(target: Target, behind_tls: Target, http: requests.Session) -> Iterator[Agent]:
    """Somebody who reaches the environment by https, as everybody reaches PingOne."""
    return Agent(target if target.base.startswith("https://") else behind_tls, http)


@fact("9-secure", "9-same-site")
def test_over_https_it_is_for_https_alone(over_https: Agent):
    """SameSite=None, because a sign-on page on another site sends it along, and therefore Secure."""
    cookie = session_token(over_https.password(over_https.start()))
    assert cookie["secure"]
    assert "None" == cookie["samesite"]


@fact("9-needed-by-resume")
def test_the_flow_id_alone_yields_no_code(agent: Agent):
    """In no mode: flow ids are in URLs, histories and logs."""
    for mode in ("pi.flow", "query"):
        started = agent.authorize(response_mode=mode)
        flow = {"id": started.json()["id"] if mode == "pi.flow" else location(started).rpartition("=")[2]}
        agent.password(flow)
        answer = agent.another().resume(flow)
        assert "code=" not in answer.headers.get("Location", "")
        assert "authorizeResponse" not in answer.text
        agent.cookies.clear()


@fact("9-needed-by-sign-on")
def test_single_sign_on_is_for_its_holder(agent: Agent):
    """Somebody without it is asked for credentials."""
    agent.signed_on()
    assert "COMPLETED" == agent.start()["status"]
    assert "USERNAME_PASSWORD_REQUIRED" == agent.another().start()["status"]


@fact("9-not-needed-by-token")
def test_the_token_endpoint_does_not_need_it(agent: Agent, client: Client):
    """The application's back channel has no cookies at all."""
    response = client.redeem(agent.code())
    assert "Cookie" not in response.request.headers
    assert 200 == response.status_code


@fact("9-cleared")
def test_sign_off_clears_it(agent: Agent):
    """The same name and path, no value, and an expiry long ago."""
    agent.signed_on()
    cookie = session_token(agent.get("/as/signoff"))
    assert "" == cookie.value
    assert urlsplit(agent.target.base).path == (cookie["path"].rstrip("/") or "")
    assert cookie["expires"].split()[2].endswith("70") or "1970" in cookie["expires"]


@fact("5-session-check")
def test_the_state_of_the_session_is_told(agent: Agent):
    """To an application that asked for it at PingOne: a digest of client, origin and session, and its salt."""
    application = agent.target.played("which application may check sessions is not known").named("UseCaseBrowserApp")
    uri = application.redirect_uri.replace("*", "callback")
    asked = [agent.signed_on(application, redirect_uri=uri)["authorizeResponse"] for _ in range(2)]
    digests = [each["session_state"].split(".") for each in asked]
    assert [[64, 16]] * 2 == [[len(part) for part in each] for each in digests]
    # The same session under another salt.
    assert digests[0] != digests[1]
    assert "session_state" not in agent.signed_on()["authorizeResponse"]
