"""Sign-off by the browser that holds the session, and by an application that holds an ID token."""

import pytest

from tests.contract.agent import Agent, location, query
from tests.contract.client import Client
from tests.contract.facts import fact

ELSEWHERE = "https://elsewhere.example/signed-off"
HOUR = 3_601


@pytest.fixture
def target_uri(client: Client) -> str:
    if not client.application.signed_off_uri:
        pytest.skip("PINGONE_TEST_SIGNED_OFF_URI is not set")
    return client.application.signed_off_uri


def has_session(agent: Agent) -> bool:
    return agent.start()["status"] == "COMPLETED"


def went_home(response, uri: str) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(uri)


@pytest.mark.parametrize("method", [
    pytest.param("GET", marks=fact("15.1-get")),
    pytest.param("POST", marks=fact("15.1-post")),
])
@fact("15.1-redirect", "15.1-state", "15.1-cookie")
def test_signing_off(agent: Agent, client: Client, target_uri: str, method: str):
    """The session of the cookie ends, and the browser comes back with state."""
    hint = client.tokens(agent)["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": target_uri, "state": "a b&c"}
    response = agent.send(method, "/as/signoff", **({"params": asked} if method == "GET" else {"data": asked}))
    found = location(response)
    assert target_uri == found.partition("?")[0]
    assert {"state": "a b&c"} == query(found)
    assert not has_session(agent)


@fact("15.1-hint-optional", "15.1-uri-of-any")
def test_without_a_hint(agent: Agent, target_uri: str):
    """The cookie says whose session it is, and any application's URI will do."""
    agent.signed_on()
    assert target_uri == location(agent.get("/as/signoff", params={"post_logout_redirect_uri": target_uri}))
    assert not has_session(agent)


@fact("15.1-hint-expired")
def test_the_hint_may_have_expired(agent: Agent, client: Client, target_uri: str):
    """People stay signed on for longer than an hour."""
    hint = client.tokens(agent)["id_token"]
    agent.target.later(HOUR)
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": target_uri}
    assert target_uri == location(agent.get("/as/signoff", params=asked))


@fact("15.1-hint-signature")
def test_a_forged_hint(agent: Agent, client: Client, target_uri: str):
    """Nobody is redirected on the word of a token that PingOne did not sign."""
    head, payload, signature = client.tokens(agent)["id_token"].split(".")
    forged = f"{head}.{payload}.{'A' * len(signature)}"
    asked = {"id_token_hint": forged, "post_logout_redirect_uri": target_uri}
    assert not went_home(agent.get("/as/signoff", params=asked), target_uri)
    assert has_session(agent)


@fact("15.1-hint-user")
def test_a_hint_of_another_user(agent: Agent, client: Client, target_uri: str):
    """It does not end this one's session."""
    agent.target.played("a second user who signs on with a password alone is not described")
    other = agent.another()
    flow = other.start()
    other.password(flow, agent.target.user("agreement"))
    assert "COMPLETED" == other.act(flow, "user.consent", accept=True).json()["status"]
    hint = client.redeem(other.resume(flow).json()["authorizeResponse"]["code"]).json()["id_token"]
    agent.signed_on()
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": target_uri}
    assert not went_home(agent.get("/as/signoff", params=asked), target_uri)
    assert has_session(agent)


@fact("15.1-uri-of-application", "15.1-mismatch")
def test_a_uri_that_is_not_registered(agent: Agent, client: Client):
    """An error page: the browser is not sent there, with a hint or without."""
    hint = client.tokens(agent)["id_token"]
    for asked in ({"id_token_hint": hint}, {}):
        response = agent.get("/as/signoff", params={**asked, "post_logout_redirect_uri": ELSEWHERE})
        assert not response.headers.get("Location", "").startswith(ELSEWHERE)


@fact("15.1-length")
def test_uri_and_state_must_be_short_together(agent: Agent, target_uri: str):
    """8192 characters are too many; one less is not."""
    agent.signed_on()
    longest = 8_191 - len(target_uri)

    def sign_off(state: str):
        return agent.post("/as/signoff", data={"post_logout_redirect_uri": target_uri, "state": state})

    assert not went_home(sign_off("x" * (longest + 1)), target_uri)
    assert went_home(sign_off("x" * longest), target_uri)


@fact("15.1-no-uri")
def test_without_a_uri(agent: Agent):
    """302 to a page of PingOne's own."""
    agent.signed_on()
    found = location(agent.get("/as/signoff"))
    assert found.startswith(agent.target.hosted_page.rpartition("/signon/")[0])
    assert not has_session(agent)


@fact("15.1-whole-session")
def test_it_is_over_for_all_applications(agent: Agent):
    """Single sign-off: the session was one."""
    other = agent.target.application(method="CLIENT_SECRET_BASIC")
    agent.signed_on()
    assert "COMPLETED" == agent.start(other)["status"]
    agent.get("/as/signoff")
    assert "USERNAME_PASSWORD_REQUIRED" == agent.start(other)["status"]
