"""What scripts of other origins may call, by the CORS settings of the application."""

import pytest

from tests.contract.agent import CHALLENGE, Agent, request_of
from tests.contract.client import Client
from tests.contract.facts import fact

ALLOW, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
SETTINGS = "its CORS settings are not known"
LISTED = "http://localhost:8443"
STRANGER = {"Origin": "https://elsewhere.example"}


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


@pytest.mark.parametrize("path", [
    pytest.param("/as/authorize", marks=fact("2.3-authorize-closed")),
    pytest.param("/as/token", marks=fact("2.3-token-closed")),
])
def test_sensitive_endpoints_are_closed(agent: Agent, path: str):
    """Not even to the application's own scripts, without a setting that says so."""
    application = agent.target.application()
    headers = {"Origin": origin(application.redirect_uri)}
    response = agent.post(path, data=request_of(application), headers=headers)
    assert ALLOW not in response.headers


@fact("2.3-others-open")
def test_without_settings_other_calls_are_open(agent: Agent, client: Client):
    """To anybody: that is how it was before applications had settings."""
    agent.target.played(SETTINGS)
    token = client.tokens(agent)["access_token"]
    answers = [
        agent.get(f"/flows/{agent.start()['id']}", headers=STRANGER),
        agent.get("/as/userinfo", headers={**STRANGER, "Authorization": f"Bearer {token}"}),
        agent.get("/as/.well-known/openid-configuration", headers=STRANGER),
        agent.get("/as/jwks", headers=STRANGER),
    ]
    assert [STRANGER["Origin"]] * 4 == [each.headers.get(ALLOW) for each in answers]


def calls(agent: Agent, name: str, asking: str) -> dict[str, str | None]:
    """Each call of a whole sign-on of this application -> the origin that its answer lets in."""
    application = agent.target.played(SETTINGS).named(name)
    client, headers = Client(agent, application), {"Origin": asking}
    redirect_uri = application.redirect_uri.replace("*", "callback")
    asked = request_of(application, redirect_uri=redirect_uri, response_mode="pi.flow")
    flow = agent.post("/as/authorize", params=asked, headers=headers)
    looked = agent.get(f"/flows/{flow.json()['id']}", headers=headers)
    agent.password(flow.json())
    resumed = agent.get(f"/as/resume?flowId={flow.json()['id']}", headers=headers)
    code = resumed.json()["authorizeResponse"]["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
            "client_id": application.client_id, "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}
    token = client.agent.post("/as/token", data=form, headers=headers)
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}", **headers}
    revoked = {"client_id": application.client_id, "token": token.json()["access_token"]}
    hint = {"id_token_hint": token.json()["id_token"]}
    answers = {
        "authorize": flow, "flows": looked, "resume": resumed, "token": token,
        "userinfo": agent.get("/as/userinfo", headers=bearer),
        "revoke": agent.post("/as/revoke", data=revoked, headers=headers),
        "idpSignoff": agent.get("/as/idpSignoff", params=hint, headers=headers),
    }
    assert {call for call, each in answers.items() if not each.ok} <= {"idpSignoff"}
    assert {"Origin"} == {each.headers.get("Vary") for each in answers.values()}
    assert {call for call, each in answers.items() if ALLOW in each.headers} == {
        call for call, each in answers.items() if "true" == each.headers.get(CREDENTIALS)
    }
    return {call: each.headers.get(ALLOW) for call, each in answers.items()}


@fact("2.3-specific-origins", "2.3-specific-calls", "2.3-credentials")
def test_a_listed_origin_may_make_every_call(agent: Agent):
    """With its cookies, and by its own name; a stranger gets nothing."""
    assert {LISTED} == set(calls(agent, "UseCaseBrowserApp", LISTED).values())
    assert {None} == set(calls(agent.another(), "UseCaseBrowserApp", STRANGER["Origin"]).values())


@fact("2.3-no-origins")
def test_an_application_may_allow_nobody(agent: Agent):
    """Not even where others may call."""
    assert {None} == set(calls(agent, "UseCaseOfflineApp", LISTED).values())


def test_a_preflight_is_answered(agent: Agent):
    """It brings neither body nor credentials; what it asks for is allowed, for a listed origin at a closed endpoint."""
    agent.target.played(SETTINGS)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-requested-with"}
    allowed = agent.send("OPTIONS", "/as/token", headers={"Origin": LISTED, **asked})
    assert (204, LISTED) == (allowed.status_code, allowed.headers[ALLOW])
    assert "content-type,x-requested-with" == allowed.headers["Access-Control-Allow-Headers"]
    refused = agent.send("OPTIONS", "/as/token", headers={**STRANGER, **asked})
    assert ALLOW not in refused.headers


@fact("6.3-background")
def test_background_renewal(agent: Agent):
    """A page asks for a code behind the scenes; without a session it learns that the user must come."""
    application = agent.target.played(SETTINGS).named("UseCaseBrowserApp")
    asked = {
        "response_mode": "pi.flow", "prompt": "none", "client_id": application.client_id, "response_type": "code",
        "scope": "openid", "redirect_uri": f"{LISTED}/callback", "state": "a-state",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }
    headers = {"Origin": LISTED, "Content-Type": "application/json"}
    refused = agent.post("/as/authorize", params=asked, headers=headers)
    assert (400, LISTED) == (refused.status_code, refused.headers[ALLOW])
    assert "LOGIN_REQUIRED" == refused.json()["details"][0]["code"]
    agent.signed_on()
    renewed = agent.post("/as/authorize", params=asked, headers=headers)
    assert {"code", "state"} <= set(renewed.json()["authorizeResponse"])
