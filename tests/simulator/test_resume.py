"""Resume joins a finished flow with the browser that finished it; the flow id alone yields nothing."""

from __future__ import annotations

from tests.simulator.driver import BASE, PUBLIC, REDIRECT_URI, Driver, body, query
from webapp.simulator import CUSTOM_CLIENT_ID, ENVIRONMENT_ID


def redirect_flow(driver: Driver, **changes: str) -> dict[str, str]:
    """A flow of the redirect kind, as its sign-on page knows it."""
    return {"id": query(driver.authorize(**changes).location)["flowId"]}


def test_a_finished_redirect_flow_leads_to_the_redirect_uri(driver: Driver) -> None:
    """302 with code and state, nothing else: PingOne sends no iss."""
    flow = redirect_flow(driver)
    driver.password(flow, "sharedTestUser")
    response = driver.resume(flow)
    assert 302 == response.status_code
    assert response.location.startswith(f"{REDIRECT_URI}?code=")
    assert ["code", "state"] == list(query(response.location))


def test_without_the_cookie_there_is_no_code(driver: Driver) -> None:
    """A flow id leaks through URLs and history; it must not be enough."""
    flow = redirect_flow(driver)
    driver.password(flow, "sharedTestUser")
    response = driver.another().resume(flow)
    assert response.location.startswith(f"{BASE}/{ENVIRONMENT_ID}/signon/?error=")
    json_flow = driver.start(prompt="login")
    driver.password(json_flow, "sharedTestUser")
    answer = driver.another().resume(json_flow)
    assert (401, "ACCESS_FAILED") == (answer.status_code, body(answer)["code"])


def test_the_cookie_of_another_session_does_not_help(driver: Driver) -> None:
    """The thief signs on as himself and tries the victim's flow."""
    flow = redirect_flow(driver)
    driver.password(flow, "sharedTestUser")
    thief = driver.another()
    thief.password(thief.start(), "sharedTestUser")
    assert "code" not in query(thief.resume(flow).location)
    assert "code" in query(driver.resume(flow).location)


def test_a_pending_flow_gives_no_code(driver: Driver) -> None:
    """Redirect: back to the sign-on page, the application's own if it has one. pi.flow: the flow as it stands."""
    flow = redirect_flow(driver)
    assert f"{BASE}/{ENVIRONMENT_ID}/signon/?flowId={flow['id']}" == driver.resume(flow).location
    custom = redirect_flow(driver, client_id=CUSTOM_CLIENT_ID)
    assert driver.resume(custom).location.startswith(f"{PUBLIC}/sign-on/page?")
    answer = body(driver.resume(driver.start()))
    assert ("USERNAME_PASSWORD_REQUIRED", False) == (answer["status"], "authorizeResponse" in answer)


def test_a_flow_is_resumed_once(driver: Driver) -> None:
    """No second code."""
    flow = driver.start()
    driver.password(flow, "sharedTestUser")
    assert 200 == driver.resume(flow).status_code
    assert 404 == driver.resume(flow).status_code


def test_an_unknown_flow_is_not_found(driver: Driver) -> None:
    """JSON for programs, a page for a browser."""
    missing = {"id": "03ae87ab-173f-459f-8225-965d338735b8"}
    assert "NOT_FOUND" == body(driver.resume(missing))["code"]
    page = driver.get(f"/as/resume?flowId={missing['id']}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (404, True) == (page.status_code, "<h1>" in page.text)


def test_a_failed_flow_tells_the_application(driver: Driver) -> None:
    """error=access_denied in the redirect; in pi.flow the FAILED flow with its error."""
    flow = redirect_flow(driver)
    driver.password(flow, "lockedTestUser")
    answer = query(driver.resume(flow).location)
    assert ("access_denied", "state-1") == (answer["error"], answer["state"])
    json_flow = driver.start()
    driver.password(json_flow, "lockedTestUser")
    failed = body(driver.resume(json_flow))
    assert ("FAILED", "PASSWORD_LOCKED_OUT") == (failed["status"], failed["error"]["code"])
    assert "authorizeResponse" not in failed


def test_a_session_that_is_not_finished_opens_nothing(driver: Driver) -> None:
    """The password was right but the second factor is missing: no single sign-on with that cookie."""
    driver.password(driver.start(), "mfaTestUser")
    assert "USERNAME_PASSWORD_REQUIRED" == driver.start()["status"]
