"""Pushed authorization requests (RFC 9126)."""

import pytest

from tests.contract.agent import Agent, location, query, request_of
from tests.contract.client import Client
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(client: Client):
    asked = request_of(client.application)
    del asked["client_id"]
    return client.post("/as/par", asked)


def use(agent: Agent, client: Client, request_uri: str):
    return agent.get("/as/authorize", params={"client_id": client.application.client_id, "request_uri": request_uri})


@fact("1.3-par-post", "7-created", "7-request-uri", "7-expires")
def test_a_push_is_answered_with_a_reference(client: Client):
    """201, a URN and how long it lives."""
    response = push(client)
    assert 201 == response.status_code, response.text
    assert response.json()["request_uri"].startswith(PREFIX)
    assert 60 == response.json()["expires_in"]
    assert 405 == client.agent.get("/as/par").status_code


@fact("7-authorize")
def test_the_reference_is_all_the_browser_carries(agent: Agent, client: Client):
    """The request goes on as if it had been sent whole, state included."""
    found = location(use(agent, client, push(client).json()["request_uri"]))
    flow = {"id": query(found)["flowId"]}
    agent.password(flow)
    assert "a-state" == query(location(agent.resume(flow)))["state"]


@fact("7-once")
def test_a_reference_works_once(agent: Agent, client: Client):
    """A second use starts no flow."""
    reference = push(client).json()["request_uri"]
    assert "flowId" in query(location(use(agent, client, reference)))
    again = use(agent, client, reference)
    assert "flowId" not in query(again.headers.get("Location", ""))


@fact("7-expired")
def test_a_reference_expires(agent: Agent, client: Client):
    """After its lifetime it starts no flow."""
    reference = push(client).json()["request_uri"]
    agent.target.later(61)
    assert "flowId" not in query(use(agent, client, reference).headers.get("Location", ""))


@pytest.mark.parametrize("method", [
    "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT",
])
@fact("7-client-authentication")
def test_clients_authenticate_as_at_the_token_endpoint(agent: Agent, method: str):
    """Each by the method that it is configured with."""
    assert 201 == push(Client(agent, agent.target.application(method=method))).status_code


@fact("7-client-refused")
def test_a_stranger_cannot_push(agent: Agent):
    """401, as at the token endpoint."""
    form = request_of(agent.target.application(), client_id="00000000-0000-4000-8000-000000000000")
    assert "invalid_client" == oauth_error(agent.post("/as/par", data=form), 401)[0]


@fact("7-size")
def test_a_body_of_a_megabyte_is_too_large(agent: Agent, client: Client):
    """It is refused, whatever it says."""
    agent.target.played("a megabyte of nothing is not sent to a tenant")
    response = client.post("/as/par", {**request_of(client.application), "state": "x" * 1_000_000})
    assert 413 == response.status_code
