"""Introspection, and the tokens that can be revoked."""

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

CUSTOM = "the custom resources of its application are not known"


def is_active(client: Client, token: str) -> bool:
    response = client.post("/as/introspect", {"token": token})
    assert 200 == response.status_code, response.text
    return bool(response.json()["active"])


@fact("14-introspect-active")
def test_a_live_token(agent: Agent, client: Client):
    """Active, of a type, and with its claims."""
    token = client.tokens(agent)["access_token"]
    told = client.post("/as/introspect", {"token": token}).json()
    assert told["active"] is True
    assert told["token_type"]
    expected = {name: claims(token)[name] for name in ("sub", "scope", "client_id", "exp", "iss")}
    assert expected == {name: told[name] for name in expected}


@fact("14-introspect-200")
def test_a_token_that_is_none(client: Client):
    """200, and nothing but inactive."""
    response = client.post("/as/introspect", {"token": "not-a-token"})
    assert (200, {"active": False}) == (response.status_code, response.json())


@fact("14-introspect-own")
def test_only_its_own_client_learns_about_a_token(agent: Agent, client: Client):
    """To another application it is inactive, of whatever kind it is."""
    tokens = client.tokens(agent)
    other = Client(agent, agent.target.application(method="CLIENT_SECRET_BASIC"))
    for name in ("access_token", "refresh_token", "id_token"):
        assert is_active(client, tokens[name])
        assert not is_active(other, tokens[name])


@fact("14-introspect-id-token")
def test_an_id_token(agent: Agent, client: Client):
    """Active with its claims, until it expires."""
    token = client.tokens(agent)["id_token"]
    told = client.post("/as/introspect", {"token": token}).json()
    assert (True, client.application.client_id) == (told["active"], told["aud"])
    assert claims(token).items() <= told.items()
    agent.target.later(3_601)
    assert not is_active(client, token)


@fact("14-introspect-resource")
def test_a_resource_may_ask_about_its_own_tokens(agent: Agent, client: Client):
    """With its id and secret; about tokens for somebody else, and ID tokens, it learns nothing."""
    resource = agent.target.played(CUSTOM).resource()

    def ask(token: str, secret: str):
        return agent.another().post("/as/introspect", data={"token": token}, auth=(resource["id"], secret))

    custom = client.tokens(agent, scope="openid orders:read")
    told = ask(custom["access_token"], resource["secret"]).json()
    assert (True, [resource["audience"]]) == (told["active"], told["aud"])
    assert {"active": False} == ask(client.tokens(agent)["access_token"], resource["secret"]).json()
    assert {"active": False} == ask(custom["id_token"], resource["secret"]).json()
    assert "invalid_client" == oauth_error(ask(custom["access_token"], "wrong"), 401)[0]
    posted = {"token": custom["access_token"], "client_id": resource["id"], "client_secret": resource["secret"]}
    assert "invalid_client" == oauth_error(agent.post("/as/introspect", data=posted), 401)[0]
    client.post("/as/revoke", {"token": custom["access_token"]})
    assert {"active": False} == ask(custom["access_token"], resource["secret"]).json()


@pytest.mark.parametrize("method", [
    "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT",
])
@fact("14-introspect-application")
def test_the_application_authenticates(agent: Agent, method: str):
    """By the method of its own."""
    client = Client(agent, agent.target.application(method=method))
    assert is_active(client, client.tokens(agent)["access_token"])


@fact("14-introspect-refused")
def test_strangers_may_not_introspect(agent: Agent):
    """401, in the words of the token endpoint."""
    application = agent.target.application(method="CLIENT_SECRET_BASIC")
    response = agent.post("/as/introspect", data={"client_id": application.client_id, "token": "a-token"})
    words = "Request denied: Unsupported authentication method"
    assert ("invalid_client", words) == oauth_error(response, 401)


@fact("14-revoke-custom", "14-revoke-answer")
def test_tokens_of_a_custom_resource_can_be_revoked(agent: Agent, client: Client):
    """2xx, empty, and the token is inactive."""
    agent.target.played(CUSTOM)
    token = client.tokens(agent, scope="openid orders:read")["access_token"]
    assert is_active(client, token)
    response = client.post("/as/revoke", {"token": token})
    assert (True, b"", None) == (response.ok, response.content, response.headers.get("Content-Type"))
    assert not is_active(client, token)


@fact("14-revoke-pingone")
def test_tokens_for_pingone_cannot(agent: Agent, client: Client):
    """They stay what they were: a user is signed off in another way."""
    token = client.tokens(agent)["access_token"]
    client.post("/as/revoke", {"token": token})
    assert is_active(client, token)


@fact("14-revoke-authentication")
def test_strangers_may_not_revoke(agent: Agent):
    """401, as at the token endpoint."""
    application = agent.target.application(method="CLIENT_SECRET_BASIC")
    response = agent.post("/as/revoke", data={"client_id": application.client_id, "token": "a-token"})
    assert "invalid_client" == oauth_error(response, 401)[0]
