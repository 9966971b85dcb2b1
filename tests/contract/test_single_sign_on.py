"""The second sign-on of a browser that has a session."""

import pytest

from tests.contract.agent import Agent, location, query
from tests.contract.client import Client, claims
from tests.contract.facts import fact


@fact("11-redirect")
def test_it_asks_nothing(agent: Agent, client: Client):
    """302 straight to the application, with code and state."""
    agent.signed_on()
    found = location(agent.authorize(client.application, state="another"))
    assert client.application.redirect_uri == found.partition("?")[0]
    assert "another" == query(found)["state"]
    assert 200 == client.redeem(query(found)["code"]).status_code


@fact("6.3-session", "11-pi-flow")
def test_it_is_completed_at_once_with_pi_flow(agent: Agent, client: Client):
    """The first answer has the code: there is nothing to resume."""
    agent.signed_on()
    flow = agent.start()
    assert "COMPLETED" == flow["status"]
    assert 200 == client.redeem(flow["authorizeResponse"]["code"]).status_code


@fact("11-same-session")
def test_both_are_of_one_session(agent: Agent, client: Client):
    """The same sid and the same time of signing on."""
    first, second = (claims(client.tokens(agent)["id_token"]) for _ in range(2))
    assert (first["sid"], first["auth_time"]) == (second["sid"], second["auth_time"])


@fact("6.1-prompt-none")
def test_prompt_none_is_content_with_a_session(agent: Agent):
    """A silent sign-on that works."""
    agent.signed_on()
    assert "code" in query(location(agent.authorize(prompt="none")))


@fact("6.1-prompt-login")
def test_prompt_login_asks_again(agent: Agent):
    """A living session does not help."""
    agent.signed_on()
    assert "USERNAME_PASSWORD_REQUIRED" == agent.start(prompt="login")["status"]


@pytest.mark.parametrize(("age", "status"), [
    pytest.param(99, "COMPLETED", marks=fact("6.1-max-age-met")),
    pytest.param(101, "USERNAME_PASSWORD_REQUIRED", marks=fact("6.1-max-age")),
])
def test_max_age(agent: Agent, age: int, status: str):
    """A sign-on of longer ago than that must be repeated."""
    agent.signed_on()
    agent.target.later(age)
    assert status == agent.start(max_age="100")["status"]


@fact("11-auth-time-moves")
def test_a_forced_sign_on_moves_auth_time(agent: Agent, client: Client):
    """So that an application can see that it happened."""
    before = claims(client.tokens(agent)["id_token"])["auth_time"]
    agent.target.later(30)
    after = claims(client.tokens(agent, prompt="login")["id_token"])["auth_time"]
    assert 30 == pytest.approx(after - before, abs=3)
