"""Sign-off ends the session, and only leads to registered pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.driver import BASE, PUBLIC, Driver, body
from webapp.simulator import ENVIRONMENT_ID

SIGNED_OFF = f"{PUBLIC}/signed-off"
OWN_PAGE = f"{BASE}/{ENVIRONMENT_ID}/signon/signed-off"


def test_sign_off_ends_the_session_and_clears_the_cookie(driver: Driver) -> None:
    """302 to the registered page with the state."""
    hint = driver.tokens()["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OFF, "state": "s 1"}
    response = driver.get("/as/signoff", query_string=asked)
    assert (302, f"{SIGNED_OFF}?state=s+1") == (response.status_code, response.location)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("ST=;") and "1970" in cookie and f"Path=/simulator/{ENVIRONMENT_ID}" in cookie
    assert "USERNAME_PASSWORD_REQUIRED" == driver.start()["status"]


def test_the_form_may_be_posted_and_everything_left_out(driver: Driver) -> None:
    """Without a page to go to, PingOne's own; without a hint, any application's page."""
    assert OWN_PAGE == driver.post("/as/signoff").location
    assert SIGNED_OFF == driver.post("/as/signoff", data={"post_logout_redirect_uri": SIGNED_OFF}).location
    assert 200 == driver.get(OWN_PAGE).status_code


def test_an_expired_hint_still_works(driver: Driver, clock) -> None:
    """Only signature, issuer, application and user count."""
    hint = driver.tokens()["id_token"]
    clock.move(7_200)
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OFF}
    assert SIGNED_OFF == driver.get("/as/signoff", query_string=asked).location


@pytest.mark.parametrize(
    "asked",
    [
        {"post_logout_redirect_uri": "http://evil.example/"},
        {"post_logout_redirect_uri": f"{SIGNED_OFF}/"},
        {"id_token_hint": "garbage"},
        {"post_logout_redirect_uri": SIGNED_OFF, "state": "x" * 8_192},
    ],
)
def test_a_bad_request_is_an_error_page_and_ends_nothing(driver: Driver, asked: dict[str, Any]) -> None:
    """No redirect, the session lives on."""
    driver.code()
    response = driver.get("/as/signoff", query_string=asked, headers={"Accept": "text/html"})
    assert (400, True) == (response.status_code, "<h1>" in response.text)
    assert "COMPLETED" == driver.start()["status"]


def test_the_hint_must_be_of_the_sessions_user(driver: Driver) -> None:
    """Somebody else's ID token does not sign me off."""
    hint = driver.tokens()["id_token"]
    other = driver.another()
    flow = other.start()
    other.password(flow, "agreementTestUser")
    other.act(flow, "user.consent", accept=True)
    assert 400 == other.get("/as/signoff", query_string={"id_token_hint": hint}).status_code


def test_a_server_may_sign_off_with_the_id_token(driver: Driver) -> None:
    """idpSignoff needs no cookie; 204 for a program, a redirect for a browser."""
    hint = driver.tokens()["id_token"]
    server = driver.another()
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OFF}
    assert 400 == server.get("/as/idpSignoff").status_code
    assert SIGNED_OFF == server.get("/as/idpSignoff", query_string=asked).location
    assert "USERNAME_PASSWORD_REQUIRED" == driver.start()["status"]
    program = {"Accept": "application/json"}
    assert 204 == server.get("/as/idpSignoff", query_string={"id_token_hint": hint}, headers=program).status_code


def test_a_hint_without_a_live_session_is_fine(driver: Driver) -> None:
    """The visitor signed off elsewhere already."""
    hint = driver.tokens()["id_token"]
    driver.get("/as/signoff")
    assert OWN_PAGE == driver.get("/as/signoff", query_string={"id_token_hint": hint}).location
    assert "NOT_FOUND" == body(driver.get("/as/nothing"))["code"]
