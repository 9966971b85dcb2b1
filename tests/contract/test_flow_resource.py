"""The flow as JSON: what it is made of, and how long it lives."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from tests.contract.agent import Agent
from tests.contract.facts import fact
from tests.contract.problems import platform_error


def is_uuid(value: str) -> bool:
    return str(UUID(value)) == value


def seconds(timestamp: str) -> float:
    """A time of a flow, whose form is checked on the way."""
    return datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC).timestamp()


@fact("6.3-pi-flow-200", "6.3-pi-flow-no-location", "6.3-no-redirect-uri")
def test_pi_flow_answers_with_the_flow(agent: Agent):
    """200 and JSON, and nobody is sent anywhere, so a redirect URI is not needed."""
    response = agent.authorize(response_mode="pi.flow", redirect_uri=None)
    assert 200 == response.status_code
    assert "Location" not in response.headers
    assert "json" in response.headers["Content-Type"]
    assert "USERNAME_PASSWORD_REQUIRED" == response.json()["status"]


@fact("6.3-pi-flow-members", "2-links", "2-uuid-flow")
def test_members_of_the_first_answer(agent: Agent):
    """Those of Ping's own example."""
    flow = agent.start()
    assert {"_links", "id", "environment", "resumeUrl", "status", "createdAt", "expiresAt"} <= set(flow)
    assert is_uuid(flow["id"])
    assert isinstance(flow["_embedded"], dict)


@fact("8.1-self", "8.1-sign-on-page", "8.1-environment", "8.1-resume-url")
def test_urls_of_a_flow(agent: Agent):
    """They can be built from the base and the id. Ping's example has http in ``self``, so the scheme is left out."""
    flow, target = agent.start(), agent.target
    links = flow["_links"]
    assert target.base.partition("://")[2] + f"/flows/{flow['id']}" == links["self"]["href"].partition("://")[2]
    assert f"{target.hosted_page}?flowId={flow['id']}" == links["signOnPage"]["href"]
    assert f"{target.base}/as/resume?flowId={flow['id']}" == flow["resumeUrl"]
    assert target.environment_id == flow["environment"]["id"]


@fact("8.1-actions-are-links", "8.1-action-href")
def test_links_are_the_actions_on_offer(agent: Agent):
    """Each leads to the flow itself: the media type tells them apart."""
    links = agent.start()["_links"]
    assert {"usernamePassword.check", "password.forgot"} <= set(links)
    actions = [link["href"] for name, link in links.items() if name not in ("self", "signOnPage")]
    assert {links["usernamePassword.check"]["href"]} == set(actions)
    assert links["self"]["href"].partition("://")[2] == actions[0].partition("://")[2]


@fact("8.1-application")
def test_the_flow_names_the_application(agent: Agent):
    """For the page that is drawn around it."""
    application = agent.target.application()
    found = agent.start(application)["_embedded"]["application"]["name"]
    assert (application.name or found) == found
    assert found


@fact("8.1-no-user", "8.1-user", "8.1-session", "2-uuid-user", "2-uuid-session")
def test_user_and_session_appear_with_the_sign_on(agent: Agent):
    """Neither is there before; both have ids."""
    flow = agent.start()
    assert "user" not in flow["_embedded"]
    assert "session" not in flow
    flow = agent.password(flow).json()
    assert agent.target.user().username == flow["_embedded"]["user"]["username"]
    assert is_uuid(flow["_embedded"]["user"]["id"])
    assert is_uuid(flow["session"]["id"])


@fact("2-timestamps", "8.2-fifteen-minutes")
def test_a_flow_lives_fifteen_minutes(agent: Agent):
    """Both times have milliseconds, and the second is a quarter of an hour later."""
    flow = agent.start()
    assert 24 == len(flow["createdAt"]) == len(flow["expiresAt"])
    assert 900 == pytest.approx(seconds(flow["expiresAt"]) - seconds(flow["createdAt"]), abs=2)


@fact("8.2-sliding")
def test_activity_restarts_the_15_minutes(agent: Agent):
    """Ten minutes and an action, and ten minutes more: the flow is still there."""
    flow = agent.start()
    agent.target.later(600)
    user = agent.target.user()
    refused = agent.act(flow, "usernamePassword.check", username=user.username, password="not-the-password")
    assert 400 == refused.status_code
    agent.target.later(600)
    assert "USERNAME_PASSWORD_REQUIRED" == agent.read(flow)["status"]
    assert 900 == pytest.approx(seconds(agent.read(flow)["expiresAt"]) - agent.target.now(), abs=2)


@fact("8.2-gone")
def test_after_fifteen_quiet_minutes_the_flow_is_gone(agent: Agent):
    """404 for reading, acting and resuming alike."""
    flow = agent.start()
    agent.target.later(901)
    assert [404, 404, 404] == [
        agent.get(f"/flows/{flow['id']}").status_code, agent.password(flow).status_code, agent.resume(flow).status_code
    ]


@fact("8.2-unknown", "2.1-not-found", "2.1-platform-error", "2-uuid-error")
def test_an_unknown_flow_is_not_found(agent: Agent):
    """A platform error: id, code, message."""
    response = agent.get(f"/flows/{uuid4()}")
    assert 404 == response.status_code
    told = platform_error(response)
    assert "NOT_FOUND" == told["code"]
    assert is_uuid(told["id"])
