"""Access tokens: whom they are for, and what they say to them."""

from uuid import UUID

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

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


@fact("13.2-custom-env", "13.2-no-region", "13.2-jti")
def test_it_says_from_which_environment_it_is(agent: Agent, client: Client, both):
    """Whomever it is for, as in captured tokens; and never from which region. Each has an id of its own."""
    agent.target.played(CUSTOM)
    custom = client.verify(client.tokens(agent, scope="openid orders:read")["access_token"])
    for access in (both[0], custom):
        assert {"env", "org"} <= set(access)
        assert "p1.region" not in access
        assert str(UUID(access["jti"])) == access["jti"]
    assert both[0]["jti"] != custom["jti"]


@fact("13.2-client-credentials", "13.2-rid")
def test_an_application_may_act_for_itself(agent: Agent):
    """No user, no session; no ID token and no refresh token either."""
    service = Client(agent, agent.target.played(CUSTOM).named("UseCaseServiceApp"))
    tokens = service.post("/as/token", {"grant_type": "client_credentials"}).json()
    assert {"access_token", "token_type", "expires_in", "scope"} == set(tokens)
    access = service.verify(tokens["access_token"])
    assert set() == {"sub", "sid", "acr", "auth_time"} & set(access)
    assert (access["jti"], service.application.client_id) == (access["p1.rid"], access["client_id"])
    assert "invalid_scope" == oauth_error(service.post("/as/token", {
        "grant_type": "client_credentials", "scope": "openid",
    }))[0]
