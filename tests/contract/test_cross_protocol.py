"""Sign-off for everybody: the session's other applications are called, and the environment says where it may lead."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.contract.agent import Agent, location, query
from tests.contract.client import Client, claims
from tests.contract.facts import fact

ELSEWHERE = "https://elsewhere.example/"
LISTED = "https://app.example/"
Switch = Callable[[str, str], None]


def called(page: str) -> list[str]:
    """The URLs that a page calls in its frames."""
    return [unescape(url) for url in re.findall(r'<iframe src="([^"]+)"', page)]


@pytest.fixture
def shared(agent: Agent, client: Client) -> str:
    """The ID token of an application whose session another one shares."""
    hint = str(client.tokens(agent)["id_token"])
    agent.code(agent.target.application(method="CLIENT_SECRET_BASIC"))
    return hint


@fact("15.3-front-channel")
def test_the_other_applications_are_called(agent: Agent, client: Client, shared: str, switched: Switch):
    """Once each, with issuer and session, in frames of a page that then goes on; not the one that asked."""
    switched("sign_off", "all")
    uri = client.application.signed_off_uri
    asked = {"id_token_hint": shared, "post_logout_redirect_uri": uri, "state": "a b"}
    page = agent.get("/as/signoff", params=asked, headers={"Accept": "text/html"})
    frames = called(page.text)
    assert [f"{LISTED}front-channel-sign-off"] == [each.partition("?")[0] for each in frames]
    assert {"iss": agent.target.issuer, "sid": claims(shared)["sid"]} == query(frames[0])
    assert f'url={uri}?state=a+b"' in unescape(page.text)
    assert "frame-src https://app.example" in page.headers["Content-Security-Policy"]
    assert "ST" not in agent.cookies
    assert "USERNAME_PASSWORD_REQUIRED" == agent.start()["status"]


@fact("15.3-front-channel")
def test_nobody_is_called_unless_it_is_switched_on(agent: Agent, client: Client, shared: str):
    """302, as ever."""
    asked = {"id_token_hint": shared, "post_logout_redirect_uri": client.application.signed_off_uri}
    assert client.application.signed_off_uri == location(agent.get("/as/signoff", params=asked))


@fact("15.4-alternative-uris")
def test_the_environment_may_say_where_to(agent: Agent, client: Client, shared: str, switched: Switch):
    """Its list then counts for everybody, and the application's own does not."""
    asked = {"id_token_hint": shared, "post_logout_redirect_uri": LISTED}
    assert 400 == agent.get("/as/signoff", params=asked).status_code
    switched("sign_off_uris", "environment")
    own = {**asked, "post_logout_redirect_uri": client.application.signed_off_uri}
    assert 400 == agent.get("/as/signoff", params=own).status_code
    assert LISTED == location(agent.get("/as/signoff", params=asked))


@pytest.mark.parametrize("method", ["GET", "POST"])
@fact("1.3-xp-signoff", "15.4-cross-protocol-uri")
def test_sign_off_across_protocols(agent: Agent, client: Client, method: str, shared: str):
    """Everybody is called; a URI that the environment does not list leads to PingOne's own page instead."""
    agent.target.played("it would end sessions elsewhere")
    pairs = {"post_logout_redirect_uri": ELSEWHERE}
    where = {"params": pairs} if method == "GET" else {"data": pairs}
    page = agent.send(method, "/xp/signoff", headers={"Accept": "text/html"}, **where)
    assert 2 == len(called(page.text))
    assert ELSEWHERE not in page.text
    assert "USERNAME_PASSWORD_REQUIRED" == agent.start()["status"]
    assert LISTED == location(agent.get("/xp/signoff", params={"post_logout_redirect_uri": LISTED}))
