"""Access tokens: whom they are for, and what they say to them."""

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client
from tests.contract.facts import fact

CUSTOM = "the custom resources of its application are not known"


@pytest.fixture
def tokens(agent: Agent, client: Client):
    return client.tokens(agent)


@pytest.fixture
def both(client: Client, tokens):
    """The verified claims of the access token and of the ID token."""
    return client.verify(tokens["access_token"]), client.verify(tokens["id_token"])


@fact("13.2-client-id", "13.2-issuer", "13.2-lifetime")
def test_what_it_is(client: Client, both):
    """For which application, from whom, for how long."""
    access, _ = both
    assert (client.application.client_id, client.agent.target.issuer) == (access["client_id"], access["iss"])
    assert 3600 == access["exp"] - access["iat"]


@fact("13.2-subject", "13.2-sid", "13.2-auth")
def test_it_tells_of_the_same_sign_on(both):
    """User, session, policy and time are those of the ID token."""
    access, identity = both
    names = ("sub", "sid", "acr", "auth_time")
    assert {name: identity[name] for name in names} == {name: access[name] for name in names}


@fact("13.2-audience", "13.2-scope", "13.2-env")
def test_with_scopes_of_openid_it_is_for_pingone(client: Client, tokens, both):
    """A list with PingOne's API in it, and the environment."""
    access, _ = both
    assert ["https://api.pingone."] == [each[:20] for each in access["aud"]]
    assert tokens["scope"] == access["scope"]
    assert client.agent.target.environment_id == access["env"]
    assert access["org"]


@fact("13.2-custom-audience")
def test_with_a_custom_scope_it_is_for_that_resource(agent: Agent, client: Client):
    """Its own audience."""
    agent.target.played(CUSTOM)
    access = client.verify(client.tokens(agent, scope="openid orders:read")["access_token"])
    assert ["https://orders.example.com"] == access["aud"]


@fact("13.2-custom-no-env")
def test_a_custom_resource_does_not_learn_the_environment(agent: Agent, client: Client):
    """env and org are for PingOne's API."""
    agent.target.played(CUSTOM)
    access = client.verify(client.tokens(agent, scope="openid orders:read")["access_token"])
    assert set() == {"env", "org"} & set(access)
