"""Calling the Flows API: methods, media types, what a refusal leaves behind."""

import json

from tests.contract.agent import Agent
from tests.contract.facts import fact
from tests.contract.problems import detail, platform_error

MEDIA_TYPE = (
    "The server is refusing to service the request because the entity of the request is in a format not supported "
    "by the requested resource for the requested method."
)
INVALID = "The request could not be completed. One or more validation errors were in the request."


@fact("1.3-flows-get", "8.3-get")
def test_reading_a_flow(agent: Agent):
    """Ping's own client sends a content type even with GET."""
    flow = agent.start()
    response = agent.get(f"/flows/{flow['id']}", headers={"Content-Type": "application/json"})
    assert 200 == response.status_code
    assert (flow["id"], flow["status"]) == (response.json()["id"], response.json()["status"])


@fact("1.3-flows-post", "8.3-post", "8.3-no-authorization", "8.4-usernamePassword.check", "5-action-login")
def test_an_action_takes_the_flow_on(agent: Agent):
    """200 with the next state. No Authorization header is sent by any of these tests."""
    response = agent.password(agent.start())
    assert 200 == response.status_code
    assert "Authorization" not in response.request.headers
    assert "COMPLETED" == response.json()["status"]


@fact("8.3-flow-id-is-enough")
def test_cookies_are_not_needed_to_drive_a_flow(agent: Agent):
    """Somebody else's user agent may do it, given the id. What it cannot do is resume."""
    flow = agent.start()
    assert "COMPLETED" == agent.another().password(flow).json()["status"]


@fact("8.3-json", "2.1-media-type", "2.1-media-type-words")
def test_plain_json_is_refused(agent: Agent):
    """415: no action is named."""
    flow = agent.start()
    response = agent.post(f"/flows/{flow['id']}", json={"username": "somebody", "password": "something"})
    assert 415 == response.status_code
    told = platform_error(response)
    assert ("INVALID_REQUEST", MEDIA_TYPE) == (told["code"], told["message"])


@fact("8.3-form", "2.1-access-failed", "2.1-access-failed-words")
def test_a_form_is_refused(agent: Agent):
    """401, of all things: PingOne takes it for a request of another kind."""
    flow = agent.start()
    response = agent.post(f"/flows/{flow['id']}", data={"username": "somebody"})
    reason = detail(response, 401)
    told = response.json()
    assert ("ACCESS_FAILED", "You do not have access to this resource.") == (told["code"], told["message"])
    assert ("INVALID_TOKEN", "Authentication Credentials") == (reason["code"], reason["target"])
    assert "The authorization token is either missing or invalid, or it has expired." == reason["message"]


@fact("8.7-one-code", "8.3-state-kept", "2.1-invalid-data", "2.1-detail")
def test_wrong_credentials(agent: Agent):
    """A wrong name and a wrong password read the same, and the form may be sent again."""
    flow, user = agent.start(), agent.target.user()
    answers = [
        agent.act(flow, "usernamePassword.check", username=user.username, password="not-the-password"),
        agent.act(flow, "usernamePassword.check", username="nobody-of-this-name", password=user.password),
    ]
    for answer in answers:
        assert "INVALID_CREDENTIALS" == detail(answer)["code"]
        assert ("INVALID_DATA", INVALID) == (answer.json()["code"], answer.json()["message"])
    assert detail(answers[0]) == detail(answers[1])
    assert "USERNAME_PASSWORD_REQUIRED" == agent.read(flow)["status"]
    assert "COMPLETED" == agent.password(flow).json()["status"]


@fact("2.1-required-value")
def test_a_member_that_is_missing(agent: Agent):
    """REQUIRED_VALUE, and which one."""
    told = detail(agent.act(agent.start(), "usernamePassword.check", username=agent.target.user().username))
    assert ("REQUIRED_VALUE", "password") == (told["code"], told["target"])


@fact("2.1-invalid-value")
def test_a_member_that_is_wrong(agent: Agent):
    """INVALID_VALUE, and which one."""
    flow = agent.start(acr_values=agent.target.policy("Agreement"))
    agent.password(flow)
    told = detail(agent.act(flow, "user.consent", accept="perhaps"))
    assert "INVALID_VALUE" == told["code"]


@fact("8.5-COMPLETED")
def test_completed_offers_nothing_more(agent: Agent):
    """What is left is resumeUrl."""
    flow = agent.start()
    done = agent.password(flow).json()
    assert {"self", "signOnPage"} == set(done["_links"])
    assert flow["resumeUrl"] == done["resumeUrl"]


@fact("8.5-FAILED", "8.1-failed-error", "8.7-internal-time-out")
def test_failed_offers_nothing_more(agent: Agent):
    """PingOne's own time-out ends the flow with an error in it; resume is the way out of that as well."""
    agent.target.played("a time-out inside PingOne cannot be ordered").break_next("flow_failed")
    flow = agent.start()
    answer = agent.password(flow)
    assert 200 == answer.status_code
    failed = answer.json()
    assert "FAILED" == failed["status"]
    assert {"code": "server_error", "message": "Request timed out. Please try again."} == failed["error"]
    assert {"self", "signOnPage"} == set(failed["_links"])
    assert flow["resumeUrl"] == failed["resumeUrl"]
    assert "FAILED" == agent.resume(flow).json()["status"]


@fact("2.2-limited", "2.2-retry-after", "2.2-limit-details")
def test_too_many_requests(agent: Agent):
    """429 with a platform error, and how long to wait."""
    agent.target.played("a tenant's limit is not tried out").break_next("flow_429")
    response = agent.get(f"/flows/{agent.start()['id']}")
    assert detail(response, 429)["code"] in ("LIMIT_EXCEEDED", "QUOTA_EXCEEDED")
    assert "REQUEST_LIMITED" == response.json()["code"]
    assert int(response.headers["Retry-After"]) > 0


@fact("2.1-unexpected")
def test_an_unexpected_error(agent: Agent):
    """500 is UNEXPECTED_ERROR."""
    agent.target.played("a tenant does not fail on request").break_next("resume_500")
    flow = agent.start()
    agent.password(flow)
    response = agent.resume(flow)
    assert (500, "UNEXPECTED_ERROR") == (response.status_code, platform_error(response)["code"])


@fact("8.3-charset")
def test_a_charset_does_no_harm(agent: Agent):
    """Some clients add one to every JSON."""
    flow, user = agent.start(), agent.target.user()
    response = agent.post(
        f"/flows/{flow['id']}", data=json.dumps({"username": user.username, "password": user.password}),
        headers={"Content-Type": "application/vnd.pingidentity.usernamePassword.check+json; charset=UTF-8"},
    )
    assert "COMPLETED" == response.json()["status"]
