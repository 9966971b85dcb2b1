"""UserInfo."""

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import detail


@pytest.mark.parametrize("method", [
    pytest.param("GET", marks=fact("1.3-userinfo-get")),
    pytest.param("POST", marks=fact("1.3-userinfo-post")),
])
@fact("14-userinfo-claims", "14-userinfo-subject", "14-userinfo-bearer")
def test_claims_of_the_user(agent: Agent, client: Client, method: str):
    """The same subject and attributes as in the ID token."""
    tokens = client.tokens(agent)
    response = client.userinfo(tokens["access_token"], method)
    assert 200 == response.status_code
    names = {
        "sub", "preferred_username", "given_name", "family_name", "email", "updated_at", "env", "org", "p1.region",
    }
    told = response.json()
    assert names <= set(told)
    identity = claims(tokens["id_token"])
    assert {name: identity[name] for name in names} == {name: told[name] for name in names}


@fact("14-userinfo-openid", "2.1-insufficient")
def test_openid_is_needed(agent: Agent, client: Client):
    """A token without it may not ask who the user is."""
    response = client.userinfo(client.tokens(agent, scope="profile")["access_token"])
    assert "INSUFFICIENT_PERMISSIONS" == detail(response, 403)["code"]
    assert "ACCESS_FAILED" == response.json()["code"]


@fact("14-userinfo-expired")
def test_an_expired_token(agent: Agent, client: Client):
    """It is told apart from a bad one."""
    token = client.tokens(agent)["access_token"]
    agent.target.later(3_601)
    response = client.userinfo(token)
    assert not response.ok
    told = detail(response, response.status_code)
    assert "INVALID_VALUE" == told["code"]
    assert "Access token expired" in told["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer not-a-token"}])
@fact("14-userinfo-bearer", "2.1-access-failed")
def test_a_bearer_token_is_needed(agent: Agent, headers):
    """Nothing, another scheme and nonsense read the same."""
    response = agent.get("/as/userinfo", headers=headers)
    assert "INVALID_TOKEN" == detail(response, 401)["code"]
    assert "ACCESS_FAILED" == response.json()["code"]
