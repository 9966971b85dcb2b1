"""Pushed authorization requests (RFC 9126)."""

from __future__ import annotations

from tests.simulator.driver import Driver, authorization_parameters, body, query
from webapp.simulator import CLIENT_ID

PUSHED_ONLY = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a05"


def push(driver: Driver, **changes: str) -> str:
    response = driver.post("/as/par", data=authorization_parameters(client_id=PUSHED_ONLY, **changes))
    assert 201 == response.status_code, response.text
    assert ["request_uri", "expires_in"] == list(body(response))
    assert 60 == body(response)["expires_in"]
    return str(body(response)["request_uri"])


def test_a_pushed_request_starts_a_flow_once(driver: Driver) -> None:
    """The reference is good for one authorization request."""
    reference = push(driver)
    assert reference.startswith("urn:ietf:params:oauth:request_uri:")
    asked = {"client_id": PUSHED_ONLY, "request_uri": reference}
    assert "flowId" in query(driver.get("/as/authorize", query_string=asked).location)
    assert "error" in query(driver.get("/as/authorize", query_string=asked).location)


def test_a_pushed_request_expires(driver: Driver, clock) -> None:
    """After 60 seconds it is gone."""
    reference = push(driver)
    clock.move(61)
    response = driver.get("/as/authorize", query_string={"client_id": PUSHED_ONLY, "request_uri": reference})
    assert "error" in query(response.location)


def test_a_pushed_request_belongs_to_its_client(driver: Driver) -> None:
    """Another client cannot use it."""
    response = driver.get("/as/authorize", query_string={"client_id": CLIENT_ID, "request_uri": push(driver)})
    assert "error" in query(response.location)


def test_an_application_that_must_push_is_refused_otherwise(driver: Driver) -> None:
    """The plain request comes back as invalid_request."""
    assert "invalid_request" == query(driver.authorize(client_id=PUSHED_ONLY).location)["error"]


def test_a_bad_request_is_refused_when_it_is_pushed(driver: Driver) -> None:
    """OAuth errors, before any browser moves."""
    response = driver.post("/as/par", data=authorization_parameters(redirect_uri="http://evil.example/"))
    assert (400, "invalid_request") == (response.status_code, body(response)["error"])
    response = driver.post("/as/par", data=authorization_parameters(scope="nothing"))
    assert (400, "invalid_scope") == (response.status_code, body(response)["error"])
    response = driver.post("/as/par", data=authorization_parameters(client_id="unknown"))
    assert (401, "invalid_client") == (response.status_code, body(response)["error"])
