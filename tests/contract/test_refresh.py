"""Refresh tokens: each is good once, and only while the user's session lives."""

from tests.contract.agent import Agent
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

MONTH = 2_592_000


@fact("12.3-refresh", "12.3-no-pkce", "12.3-rotation", "12.3-id-token")
def test_a_refresh_answers_with_new_tokens(agent: Agent, client: Client):
    """All three are new; the ID token is of the same user and session."""
    before = client.tokens(agent)
    response = client.refresh(before["refresh_token"])
    assert 200 == response.status_code, response.text
    after = response.json()
    assert before["refresh_token"] != after["refresh_token"]
    assert before["access_token"] != after["access_token"]
    old, new = claims(before["id_token"]), claims(after["id_token"])
    assert (old["sub"], old["sid"], old["aud"]) == (new["sub"], new["sid"], new["aud"])


@fact("12.3-subset")
def test_less_may_be_asked_for(agent: Agent, client: Client):
    """Two scopes were granted, one is wanted."""
    tokens = client.tokens(agent, scope="openid email")
    assert "openid" == client.refresh(tokens["refresh_token"], scope="openid").json()["scope"]


@fact("12.3-replay", "5-refresh-grace")
def test_the_previous_token_is_refused(agent: Agent, client: Client):
    """At once: there is no grace period."""
    first = client.tokens(agent)["refresh_token"]
    assert 200 == client.refresh(first).status_code
    assert "invalid_grant" == oauth_error(client.refresh(first))[0]


@fact("12.3-descendants")
def test_a_replay_ends_what_came_after(agent: Agent, client: Client):
    """One of the two holders is a thief, so neither goes on."""
    first = client.tokens(agent)["refresh_token"]
    second = client.refresh(first).json()["refresh_token"]
    client.refresh(first)
    assert "invalid_grant" == oauth_error(client.refresh(second))[0]


@fact("12.3-session", "15.1-refresh-tokens")
def test_the_end_of_the_session_ends_it(agent: Agent, client: Client):
    """It works until the user signs off."""
    first = client.tokens(agent)["refresh_token"]
    second = client.refresh(first).json()["refresh_token"]
    agent.get("/as/signoff")
    assert "invalid_grant" == oauth_error(client.refresh(second))[0]


@fact("5-refresh-duration")
def test_a_refresh_token_lives_thirty_days(agent: Agent, client: Client):
    """Just before them it works, after them it does not."""
    early = client.tokens(agent)["refresh_token"]
    agent.target.later(MONTH - 3_600)
    fresh = agent.another()
    late = client.tokens(fresh)["refresh_token"]
    assert 200 == client.refresh(early).status_code
    agent.target.later(MONTH + 1)
    assert "invalid_grant" == oauth_error(client.refresh(late))[0]


@fact("5-refresh-rolling")
def test_the_application_may_bound_all_of_them_together(agent: Agent):
    """A day after the first one the user must sign on again, however often tokens were exchanged meanwhile."""
    controls = agent.target.played("the rolling duration of its application is not known")
    client = Client(agent, controls.named("UseCaseOfflineApp"))
    first = client.tokens(agent, scope="openid offline_access")["refresh_token"]
    agent.target.later(86_000)
    second = client.refresh(first).json()["refresh_token"]
    agent.target.later(500)
    assert "invalid_grant" == oauth_error(client.refresh(second))[0]
