"""Resume: a finished flow is handed back, to the holder of its session."""

from uuid import UUID

from tests.contract.agent import Agent, flow_behind, location, query
from tests.contract.client import Client
from tests.contract.facts import fact


@fact("1.3-resume-get", "10-get-with-cookie", "10.1-pi-flow", "2-uuid-code", "10.4-server-pi-flow")
def test_pi_flow_has_the_code_in_json(agent: Agent):
    """200 and COMPLETED; nothing but the flow id and the cookie was sent."""
    flow = agent.start()
    agent.password(flow)
    response = agent.resume(flow)
    assert 200 == response.status_code
    assert "Authorization" not in response.request.headers
    assert "COMPLETED" == response.json()["status"]
    code = response.json()["authorizeResponse"]["code"]
    assert str(UUID(code)) == code


@fact("10.1-members")
def test_members_of_the_answer(agent: Agent):
    """Those of the example on Ping's page, whose request had no state."""
    answer = agent.signed_on(state=None)
    assert {
        "_links", "_embedded", "id", "environment", "session", "resumeUrl", "status", "createdAt", "expiresAt",
        "authorizeResponse",
    } == set(answer)
    assert {"self", "signOnPage"} == set(answer["_links"])
    assert {"user", "application"} == set(answer["_embedded"])
    assert {"code"} == set(answer["authorizeResponse"])


@fact("6.1-state-in-json")
def test_state_comes_with_the_code(agent: Agent):
    """As it was sent."""
    assert "a-state" == agent.signed_on()["authorizeResponse"]["state"]


@fact("8.1-response-of-resume")
def test_the_last_action_has_no_code(agent: Agent):
    """It is in the answer of resume alone."""
    flow = agent.start()
    assert "authorizeResponse" not in agent.password(flow).json()
    assert "authorizeResponse" not in agent.read(flow)
    assert "authorizeResponse" in agent.resume(flow).json()


@fact("8.1-response-pi-flow-only", "10.4-server-redirect")
def test_a_server_reads_the_code_out_of_the_redirect(agent: Agent):
    """A flow that redirects can be driven by a server too: it parses Location and follows nothing."""
    application = agent.target.application()
    flow = flow_behind(agent.authorize(application))
    assert "authorizeResponse" not in agent.password(flow).json()
    found = location(agent.resume(flow))
    assert application.redirect_uri == found.partition("?")[0]
    assert 200 == Client(agent, application).redeem(query(found)["code"]).status_code


@fact("5-session-check-default")
def test_there_is_no_session_state(agent: Agent):
    """Unless the application asks for it in its settings."""
    flow = flow_behind(agent.authorize())
    agent.password(flow)
    assert {"code", "state"} == set(query(location(agent.resume(flow))))


@fact("6.3-no-redirect-uri-token")
def test_a_redirect_uri_that_was_not_sent(agent: Agent, client: Client):
    """It is left out of the token request as well."""
    code = agent.code(redirect_uri=None)
    assert 200 == client.redeem(code, redirect_uri=None).status_code
