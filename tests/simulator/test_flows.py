"""The Flows API: the media type names the action, errors keep the state, 15 minutes of silence end it."""

from __future__ import annotations

import json

import pytest

from tests.simulator.driver import BASE, Driver, body
from webapp.simulator import ENVIRONMENT_ID, PASSWORD, create_simulator

UNKNOWN = "03ae87ab-173f-459f-8225-965d338735b8"


def test_a_fresh_flow_offers_its_actions(driver: Driver) -> None:
    """The keys of _links are the actions; every href is the flow itself; resumeUrl is there from the start."""
    flow = driver.start()
    url = f"{BASE}/{ENVIRONMENT_ID}/flows/{flow['id']}"
    assert ["self", "signOnPage", "usernamePassword.check", "password.forgot", "session.reset"] == list(flow["_links"])
    assert url == flow["_links"]["usernamePassword.check"]["href"]
    assert f"{BASE}/{ENVIRONMENT_ID}/as/resume?flowId={flow['id']}" == flow["resumeUrl"]
    assert "USERNAME_PASSWORD_REQUIRED" == flow["status"]
    assert not {"session", "authorizeResponse"} & set(flow)


def test_right_credentials_complete_the_flow_and_set_the_cookie(driver: Driver) -> None:
    """Over plain http on loopback: no Secure, and Lax instead of None, or browsers would drop the cookie."""
    response = driver.password(driver.start(), "sharedTestUser")
    assert (200, "COMPLETED") == (response.status_code, body(response)["status"])
    assert "authorizeResponse" not in body(response)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("ST=")
    for attribute in ("Max-Age=2592000", "HttpOnly", f"Path=/simulator/{ENVIRONMENT_ID}", "SameSite=Lax", "Expires="):
        assert attribute in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_has_pingones_attributes() -> None:
    """Secure and SameSite=None, Path the environment."""
    base = "https://auth.simulator.example"
    https = Driver(create_simulator(base, public_url="http://localhost:8123"), base)
    cookie = https.password(https.start(), "sharedTestUser").headers["Set-Cookie"]
    for attribute in ("Secure", "SameSite=None", f"Path=/{ENVIRONMENT_ID}", "HttpOnly"):
        assert attribute in cookie


@pytest.mark.parametrize(("username", "password"), [("sharedTestUser", "wrong"), ("nobody", PASSWORD)])
def test_wrong_credentials_have_one_answer(driver: Driver, username, password) -> None:
    """Which of the two was wrong is not told, the state is kept, and no cookie is set."""
    flow = driver.start()
    response = driver.password(flow, username, password)
    detail = body(response)["details"][0]
    assert (400, "INVALID_DATA") == (response.status_code, body(response)["code"])
    assert "INVALID_CREDENTIALS" == detail["code"]
    assert "Set-Cookie" not in response.headers
    assert "USERNAME_PASSWORD_REQUIRED" == body(driver.get(f"/flows/{flow['id']}"))["status"]


@pytest.mark.parametrize(
    ("content_type", "status", "code"),
    [
        ("application/json", 415, "INVALID_REQUEST"),
        ("application/vnd.pingidentity.no.such.action+json", 415, "INVALID_REQUEST"),
        ("application/vnd.pingidentity.usernamePassword.check", 415, "INVALID_REQUEST"),
        ("text/plain", 415, "INVALID_REQUEST"),
        ("application/x-www-form-urlencoded", 401, "ACCESS_FAILED"),
    ],
)
def test_other_media_types_are_refused(driver: Driver, content_type, status, code) -> None:
    """Plain JSON is the mistake that everybody makes first."""
    credentials = json.dumps({"username": "sharedTestUser", "password": PASSWORD})
    response = driver.post(f"/flows/{driver.start()['id']}", data=credentials, content_type=content_type)
    assert (status, code) == (response.status_code, body(response)["code"])


@pytest.mark.parametrize("raw", ["", "{}", "[]", "null", "{", '{"username": 1, "password": 2}', "[" * 100_000])
def test_malformed_bodies_are_refused(driver: Driver, raw) -> None:
    """400 INVALID_DATA, never a server error."""
    media_type = "application/vnd.pingidentity.usernamePassword.check+json"
    response = driver.post(f"/flows/{driver.start()['id']}", data=raw, content_type=media_type)
    assert (400, "INVALID_DATA") == (response.status_code, body(response)["code"])


def test_an_action_that_is_not_offered_is_refused(driver: Driver) -> None:
    """The flow stays where it was."""
    flow = driver.start()
    response = driver.act(flow, "otp.check", otp="123456")
    assert (400, "INVALID_REQUEST") == (response.status_code, body(response)["code"])


def test_unknown_and_expired_flows_are_not_found(driver: Driver, clock) -> None:
    """Sliding: every access starts the 15 minutes anew."""
    assert (404, "NOT_FOUND") == ((answer := driver.get(f"/flows/{UNKNOWN}")).status_code, body(answer)["code"])
    flow = driver.start()
    clock.move(899)
    assert 200 == driver.get(f"/flows/{flow['id']}").status_code
    clock.move(899)
    assert 200 == driver.get(f"/flows/{flow['id']}").status_code
    clock.move(900)
    assert 404 == driver.get(f"/flows/{flow['id']}").status_code


def test_times_are_utc_with_milliseconds(driver: Driver, clock) -> None:
    """createdAt stays, expiresAt is 15 minutes after the last access."""
    flow = driver.start()
    assert ("2026-04-20T21:37:24.737Z", "2026-04-20T21:52:24.737Z") == (flow["createdAt"], flow["expiresAt"])
    clock.move(60)
    later = body(driver.get(f"/flows/{flow['id']}"))
    assert ("2026-04-20T21:37:24.737Z", "2026-04-20T21:53:24.737Z") == (later["createdAt"], later["expiresAt"])


def test_another_user_needs_a_reset(driver: Driver) -> None:
    """A user who is attached stays attached until session.reset."""
    flow = driver.start(acr_values="Identifier_First")
    driver.act(flow, "user.lookup", username="sharedTestUser")
    assert "username" == body(driver.password(flow, "mfaTestUser"))["details"][0]["target"]
    assert "SIGN_ON_REQUIRED" == body(driver.act(flow, "session.reset"))["status"]
    assert "DEVICE_SELECTION_REQUIRED" == body(driver.password(flow, "mfaTestUser"))["status"]
