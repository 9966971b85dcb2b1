"""Every request of a sign-on is recognised for what it is, behind regional hosts, custom domains and mounts."""

import pytest

from webapp.trace.classify import name_of
from webapp.trace.steps import step_of

FLOW = "/flows/d5dee5a9-2f6f-4d4c-8e0a-1f2f3f4f5f6f"
CHECK = "application/vnd.pingidentity.usernamePassword.check+json"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("sender", "method", "path", "expected"),
    [
        ("browser", "GET", "/as/authorize?response_type=code", "authorize"),
        ("application", "GET", "/as/authorize?response_mode=pi.flow", "authorize_by_server"),
        ("application", "POST", "/as/par", "par"),
        ("application", "GET", "/as/.well-known/openid-configuration", "discovery"),
        ("application", "GET", "/as/jwks", "jwks"),
        ("browser", "GET", "/signon/?flowId=1", "pingone_page"),
        ("application", "GET", FLOW, "flow_read"),
        ("browser", "GET", "/as/resume?flowId=1", "resume_of_browser"),
        ("application", "GET", "/as/userinfo", "userinfo"),
        ("application", "POST", "/as/introspect", "introspect"),
        ("application", "POST", "/as/revoke", "revoke"),
        ("browser", "GET", "/as/signoff?id_token_hint=x", "signoff"),
        ("application", "GET", "/as/idpSignoff", "signoff"),
        ("application", "GET", "/as/somewhere", "other"),
    ],
)
@pytest.mark.parametrize(
    "base", ["https://auth.pingone.eu/env", "https://login.example", "http://127.0.0.1:1/simulator/env"]
)
def test_requests_to_pingone(sender: str, method: str, path: str, expected: str, base: str) -> None:
    """The path tells the endpoint, the sender tells whose request it is."""
    step = step_of({"sender": sender, "receiver": "pingone", "at": 0.0}) | {"method": method, "url": base + path}
    assert expected == name_of(step)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/sign-on/hosted?return_to=/", "start"),
        ("/sign-on/redirectless", "start"),
        ("/sign-on/custom", "start"),
        ("/sign-on/prepare", "prepare"),
        ("/sign-on/page?environmentId=1&flowId=2", "sign_on_page"),
        ("/sign-on/step/abc", "step"),
        ("/sign-on/initiate?iss=x", "initiate"),
        ("http://localhost:8000/callback?code=‹code›", "callback"),
        ("/resume?flowId=1", "resume_by_browser"),
        ("/sign-off", "sign_off"),
        ("/signed-off?state=x", "signed_off"),
        ("/front-channel-sign-off", "sign_off_by_pingone"),
        ("/session/refresh", "session"),
        ("/members", "guarded"),
        ("/transfer?confirm=1", "step_up"),
        ("/orders/invoices", "scoped"),
        ("/approval", "approval"),
        ("/elsewhere", "other"),
        ("https://[broken", "other"),
    ],
)
def test_requests_to_this_application(path: str, expected: str) -> None:
    """With or without the origin in front."""
    assert expected == name_of(step_of({"sender": "browser", "receiver": "application", "method": "GET", "url": path}))


@pytest.mark.parametrize(
    ("body_type", "expected"),
    [(CHECK, "flow_action:usernamePassword.check"), ("application/json", "flow_action")],
)
def test_the_media_type_names_the_action_of_a_flow(body_type: str, expected: str) -> None:
    """PingOne reads the action from the Content-Type, and so do we."""
    step = step_of({"sender": "application", "receiver": "pingone", "at": 0.0})
    step |= {"method": "POST", "url": f"https://a.example/env{FLOW}", "body": {"kind": "json", "type": body_type}}
    assert expected == name_of(step)


@pytest.mark.parametrize(
    ("grant", "expected"),
    [("authorization_code", "token"), ("refresh_token", "refresh"), ("other", "token_other")],
)
def test_the_grant_tells_a_token_call_from_a_refresh(grant: str, expected: str) -> None:
    """Both go to the same endpoint."""
    step = step_of({"sender": "application", "receiver": "pingone", "at": 0.0})
    body = {"kind": "form", "type": FORM, "pairs": [["grant_type", grant]]}
    step |= {"method": "POST", "url": "https://a.example/as/token", "body": body}
    assert expected == name_of(step)


@pytest.mark.parametrize(
    ("status", "expected"), [(200, "json"), (302, "redirect"), (404, "refused"), (None, "refused")]
)
def test_resume_answers_in_json_or_by_redirect(status: int | None, expected: str) -> None:
    """pi.flow gets JSON, a flow that began as a redirect gets a redirect."""
    step = step_of({"sender": "application", "receiver": "pingone", "at": 0.0})
    step |= {"method": "GET", "url": "https://a.example/as/resume?flowId=1", "status": status}
    assert f"resume_{expected}" == name_of(step)


def test_a_sign_off_that_pingone_starts() -> None:
    """The back channel: PingOne calls the application."""
    step = step_of({"sender": "pingone", "receiver": "application", "at": 0.0}) | {
        "method": "POST",
        "url": "/back-channel-sign-off",
    }
    assert "sign_off_by_pingone" == name_of(step)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([["grant_type", "refresh_token"], ["refresh_token", "x"]], "refresh"),
        ([["refresh_token", "x"], ["grant_type", "refresh_token"]], "refresh"),
        ([["code", "refresh_token"], ["grant_type", "authorization_code"]], "token"),
    ],
)
def test_the_grant_tells_a_refresh_wherever_it_is_in_the_form(pairs: list[list[str]], expected: str) -> None:
    """Other fields may come first, and may have any value."""
    step = step_of({"sender": "application", "receiver": "pingone", "at": 0.0})
    step |= {"method": "POST", "url": "https://a.example/env/as/token", "body": {"kind": "form", "pairs": pairs}}
    assert expected == name_of(step)
