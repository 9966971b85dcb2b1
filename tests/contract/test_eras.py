"""What ends on 2 March 2027, before that day and after it."""

from collections.abc import Callable

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client, header
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

SET_UP = "the older settings of its applications are not known"
Switch = Callable[[str, str], None]


@pytest.fixture
def older(agent: Agent) -> Client:
    """An application that has kept the older settings."""
    return Client(agent, agent.target.played(SET_UP).named("UseCaseLegacyApp"))


def parts(token: str) -> int:
    return len(token.split("."))


@fact("13.3-jwt", "4-default")
def test_older_settings_are_still_good_today(agent: Agent, older: Client):
    """Refresh tokens as JWTs, the key ``default``; both keys are published."""
    tokens = older.tokens(agent)
    assert {"alg": "RS256", "kid": "default"} == header(tokens["refresh_token"])
    assert "default" == header(tokens["id_token"])["kid"]
    assert older.verify(tokens["id_token"])
    assert 200 == older.refresh(tokens["refresh_token"]).status_code


@fact("13.3-opaque", "4-default-ends", "13.2-type")
def test_they_end(agent: Agent, older: Client, switched: Switch):
    """The same application afterwards: old refresh tokens are refused, new ones opaque, access tokens typed."""
    before = older.tokens(agent)
    assert "typ" not in header(before["access_token"])
    switched("era", "2027")
    assert "invalid_grant" == oauth_error(older.refresh(before["refresh_token"]))[0]
    after = older.tokens(agent.another())
    assert (3, 1) == (parts(before["refresh_token"]), parts(after["refresh_token"]))
    assert "at+jwt" == header(after["access_token"])["typ"]
    kids = [key["kid"] for key in agent.get("/as/jwks").json()["keys"]]
    assert "default" not in kids
    assert header(after["id_token"])["kid"] in kids
    assert older.verify(after["access_token"])


@fact("13.2-type")
def test_every_access_token_is_typed(agent: Agent, client: Client, switched: Switch):
    """Of whatever resource, for whatever grant; an ID token is not one."""
    switched("era", "2027")
    mine = client.tokens(agent)
    custom = client.tokens(agent.another(), scope="openid orders:read")
    service = Client(agent, agent.target.played(SET_UP).named("UseCaseServiceApp"))
    own = service.post("/as/token", {"grant_type": "client_credentials"}).json()
    typed = [header(each["access_token"]).get("typ") for each in (mine, custom, own)]
    assert ["at+jwt"] * 3 == typed
    assert "typ" not in header(mine["id_token"])
