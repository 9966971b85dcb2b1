"""``/as/idpSignoff``: an application's server ends the session of an ID token."""

import pytest

from tests.contract.agent import Agent, location
from tests.contract.client import Client
from tests.contract.facts import fact


def has_session(agent: Agent) -> bool:
    return agent.start()["status"] == "COMPLETED"


@pytest.fixture
def hint(agent: Agent, client: Client) -> str:
    """The ID token of a user whose browser still has its session."""
    agent.target.played("whether idpSignoff is on for its application is not known")
    return str(client.tokens(agent)["id_token"])


@fact("15.2-no-cookie", "15.2-json")
def test_a_server_ends_the_session(agent: Agent, client: Client, hint: str):
    """No cookie, 204 for JSON, and the user's browser has no session any more."""
    response = client.agent.get("/as/idpSignoff", params={"id_token_hint": hint})
    assert "Cookie" not in response.request.headers
    assert (204, b"") == (response.status_code, response.content)
    assert not has_session(agent)


@fact("15.2-page")
def test_a_browser_is_sent_to_a_page(agent: Agent, client: Client, hint: str):
    """302 to PingOne's own."""
    response = client.agent.get("/as/idpSignoff", params={"id_token_hint": hint}, headers={"Accept": "text/html"})
    assert f"{agent.target.base}/as/signon" == location(response)


@fact("15.2-switch")
def test_the_application_must_allow_it(agent: Agent):
    """Where idpSignoff is off nothing ends."""
    controls = agent.target.played("for which application it is off is not known")
    client = Client(agent, controls.named("UseCaseOfflineApp"))
    assert refused(agent, client, id_token_hint=client.tokens(agent)["id_token"])


@fact("15.2-uri")
def test_with_a_uri(agent: Agent, client: Client, hint: str):
    """302 to it."""
    uri = client.application.signed_off_uri
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": uri}
    assert uri == location(client.agent.get("/as/idpSignoff", params=asked))
    assert not has_session(agent)


@fact("15.2-hint-expired")
def test_the_hint_may_have_expired(agent: Agent, client: Client, hint: str):
    """The session lives longer than the token."""
    agent.target.later(3_601)
    assert 204 == client.agent.get("/as/idpSignoff", params={"id_token_hint": hint}).status_code
    assert not has_session(agent)


def refused(agent: Agent, client: Client, **asked: str) -> bool:
    """Nothing happened: an error, no redirect, and the session lives."""
    response = client.agent.get("/as/idpSignoff", params=asked)
    return response.status_code >= 400 and "Location" not in response.headers and has_session(agent)


@fact("15.2-hint")
def test_without_a_hint(agent: Agent, client: Client, hint: str):
    """Nobody knows whose session is meant."""
    assert refused(agent, client)


@fact("15.2-client-id")
def test_another_client(agent: Agent, client: Client, hint: str):
    """client_id must be the audience of the hint; when it is, all is well."""
    other = agent.target.application(method="CLIENT_SECRET_BASIC").client_id
    assert refused(agent, client, id_token_hint=hint, client_id=other)
    mine = client.agent.get(
        "/as/idpSignoff", params={"id_token_hint": hint, "client_id": client.application.client_id}
    )
    assert 204 == mine.status_code


@fact("15.2-uri-case")
def test_capitals_matter(agent: Agent, client: Client, hint: str):
    """The path in capitals is another URI."""
    head, slash, tail = client.application.signed_off_uri.rpartition("/")
    assert refused(agent, client, id_token_hint=hint, post_logout_redirect_uri=f"{head}{slash}{tail.upper()}")
