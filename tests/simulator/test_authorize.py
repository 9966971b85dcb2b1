"""The authorization endpoint trusts client and redirect URI first, then tells the application what is wrong."""

from __future__ import annotations

import json

import pytest

from tests.simulator.driver import BASE, CHALLENGE, PUBLIC, REDIRECT_URI, Driver, authorization_parameters, body, query
from webapp.simulator import CUSTOM_CLIENT_ID, ENVIRONMENT_ID

OPTIONAL_PKCE = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a06"
REQUIRED_PKCE = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a07"
SIGN_ON_PAGE = f"{BASE}/{ENVIRONMENT_ID}/signon/"


def test_the_browser_is_sent_to_the_hosted_page(driver: Driver) -> None:
    """The environment id is in the path, the flow id in the query."""
    response = driver.authorize()
    assert 302 == response.status_code
    assert response.location.startswith(f"{SIGN_ON_PAGE}?flowId=")
    assert 200 == driver.get(f"/flows/{query(response.location)['flowId']}").status_code


def test_the_parameters_may_be_posted(driver: Driver) -> None:
    """POST with a form body is the same request."""
    response = driver.post("/as/authorize", data=authorization_parameters())
    assert response.location.startswith(f"{SIGN_ON_PAGE}?flowId=")


def test_a_login_page_url_replaces_the_hosted_page(driver: Driver) -> None:
    """The environment id moves to the query."""
    response = driver.authorize(client_id=CUSTOM_CLIENT_ID)
    assert response.location.startswith(f"{PUBLIC}/sign-on/page?environmentId={ENVIRONMENT_ID}&flowId=")


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"client_id": "unknown"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, "redirect_uri"),
        ({"redirect_uri": f"{REDIRECT_URI}?x=1"}, "redirect_uri"),
        ({"redirect_uri": "http://localhost.evil.example/callback"}, "redirect_uri"),
        ({"client_id": "unknown", "response_mode": "pi.flow"}, "client_id"),
    ],
)
def test_untrusted_requests_never_reach_the_redirect_uri(driver: Driver, changes, target) -> None:
    """Client or redirect URI wrong: PingOne's own page shows the error, even to pi.flow."""
    response = driver.authorize(**changes)
    assert 302 == response.status_code
    assert response.location.startswith(f"{SIGN_ON_PAGE}?error=")
    told = json.loads(query(response.location)["error"])
    assert "INVALID_DATA" == told["code"]
    assert target == told["details"][0]["target"]
    page = driver.get(response.location)
    assert (400, True) == (page.status_code, told["details"][0]["message"] in page.text)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"scope": "nothing"}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"acr_values": "No_Such_Policy"}, "invalid_request"),
        ({"response_mode": "jwt"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_other_faults_are_told_to_the_application(driver: Driver, changes, error) -> None:
    """The redirect URI is trusted by then; state comes back."""
    response = driver.authorize(**changes)
    assert 302 == response.status_code
    assert response.location.startswith(f"{REDIRECT_URI}?error=")
    assert (error, "state-1") == (query(response.location)["error"], query(response.location)["state"])


def test_in_pi_flow_the_same_faults_are_platform_errors(driver: Driver) -> None:
    """No redirect: 400 with the parameter at fault."""
    response = driver.authorize(response_mode="pi.flow", code_challenge_method=None)
    assert 400 == response.status_code
    assert ["id", "code", "message", "details"] == list(body(response))
    assert "code_challenge_method" == body(response)["details"][0]["target"]


def test_prompt_none_in_pi_flow_says_login_required(driver: Driver) -> None:
    """The detail code that Ping's own SDK looks for."""
    details = body(driver.authorize(response_mode="pi.flow", prompt="none"))["details"]
    assert ("LOGIN_REQUIRED", "User authentication is required") == (details[0]["code"], details[0]["message"])


def test_a_repeated_parameter_is_refused(driver: Driver) -> None:
    """Two values of one parameter are a sign of tampering (RFC 6749, section 3.1)."""
    pairs = [*authorization_parameters().items(), ("nonce", "nonce-2")]
    response = driver.get("/as/authorize", query_string=pairs)  # type: ignore[arg-type]
    assert "invalid_request" == query(response.location)["error"]


@pytest.mark.parametrize(
    ("client_id", "challenge", "method", "accepted"),
    [
        (OPTIONAL_PKCE, None, None, True),
        (OPTIONAL_PKCE, CHALLENGE, "S256", True),
        (REQUIRED_PKCE, None, None, False),
        (REQUIRED_PKCE, CHALLENGE, None, True),
        (REQUIRED_PKCE, CHALLENGE, "S256", True),
        (REQUIRED_PKCE, CHALLENGE, "S512", False),
    ],
)
def test_pkce_is_enforced_in_three_settings(driver: Driver, client_id, challenge, method, accepted) -> None:
    """OPTIONAL, REQUIRED (any method; none named means plain) and S256_REQUIRED (above)."""
    response = driver.authorize(client_id=client_id, code_challenge=challenge, code_challenge_method=method)
    assert accepted == ("flowId" in query(response.location))


def test_fragment_and_form_post_are_answered(driver: Driver) -> None:
    """The code comes behind a hash, or in a form that posts itself."""
    driver.code()
    assert driver.authorize(response_mode="fragment").location.startswith(f"{REDIRECT_URI}#code=")
    page = driver.authorize(response_mode="form_post")
    assert 200 == page.status_code
    assert f'action="{REDIRECT_URI}"' in page.text
    assert f"form-action 'self' http://127.0.0.1:8123 {PUBLIC};" in page.headers["Content-Security-Policy"]
