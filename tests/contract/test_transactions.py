"""Transaction approval: what is approved is signed by the application and shown to the user."""

from typing import Any

import pytest

from tests.contract.agent import Agent, request_of
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import detail
from tests.contract.target import Application, Controls
from tests.contract.test_request_objects import FOREIGN, signed

TEMPLATE = {"name": "transaction", "variables": {"sum": 100, "currency": "EUR", "recipient": "Bob"}}
QUESTION = "Approve 100 EUR to Bob?"


@pytest.fixture
def controls(agent: Agent) -> Controls:
    return agent.target.played("it has no application that asks for approvals")


@pytest.fixture
def application(agent: Agent, controls: Controls) -> Application:
    """One that has a key to sign with."""
    return agent.target.application(method="PRIVATE_KEY_JWT")


@pytest.fixture
def user_id(agent: Agent, client: Client) -> str:
    """The id of the usual user, as the application knows it from an ID token."""
    return str(claims(client.tokens(agent.another())["id_token"])["sub"])


def approval(agent: Agent, application: Application, user_id: str, **changes: Any):
    """The request for the approval of a named user, as documented: one token in both parameters."""
    claims = {"acr_values": "MFA_Only", "response_mode": "pi.flow", "pi.template": TEMPLATE,
              "pi.clientContext": {"device_name": "a browser"}}
    token = signed(agent, application, **{"sub": user_id, **claims, **changes})
    return agent.get("/as/authorize", params={
        "client_id": application.client_id, "response_type": "code", "response_mode": "pi.flow",
        "request": token, "login_hint_token": token,
    })


def choose(agent: Agent, flow: dict[str, Any], kind: str) -> dict[str, Any]:
    flow = agent.read(flow)
    device = next(each for each in flow["_embedded"]["devices"] if each["type"] == kind)
    return dict(agent.act(flow, "device.select", device={"id": device["id"]}).json())


@fact("6.1-transaction", "6.1-login-hint-token")
def test_approved_by_passcode(agent: Agent, controls: Controls, application: Application, user_id: str):
    """The named user is not asked for a password; the message says what the passcode approves."""
    flow = approval(agent, application, user_id).json()
    assert ("DEVICE_SELECTION_REQUIRED", user_id) == (flow["status"], flow["_embedded"]["user"]["id"])
    assert "session.reset" not in flow["_links"]
    flow = choose(agent, flow, "EMAIL")
    message = controls.messages(agent.target.user().username)[0]
    assert message["text"].startswith(QUESTION)
    assert "authorizeResponse" not in agent.resume(flow).json()
    assert "COMPLETED" == agent.act(flow, "otp.check", otp=message["code"]).json()["status"]
    form = {"redirect_uri": application.redirect_uri}
    code = agent.resume(flow).json()["authorizeResponse"]["code"]
    told = claims(Client(agent, application).redeem(code, **form).json()["id_token"])
    assert (user_id, "MFA_Only", ["otp", "mfa"]) == (told["sub"], told["acr"], told["amr"])


@pytest.mark.parametrize(("answer", "status"), [("approved", "COMPLETED"), ("denied", "FAILED")])
@fact("6.1-transaction")
def test_answered_by_push(
    agent: Agent, controls: Controls, application: Application, user_id: str, answer: str, status: str
):
    """The push asks the same question."""
    flow = choose(agent, approval(agent, application, user_id).json(), "MOBILE")
    message = controls.messages(agent.target.user().username)[0]
    assert QUESTION == message["text"]
    controls.answer_push(message, answer)
    assert status == agent.read(flow)["status"]


def test_somebody_else_cannot_resume(agent: Agent, controls: Controls, application: Application, user_id: str):
    """Who only knows the flow gets no code, although nobody brought a password."""
    flow = choose(agent, approval(agent, application, user_id).json(), "EMAIL")
    code = controls.messages(agent.target.user().username)[0]["code"]
    stranger = agent.another()
    assert "COMPLETED" == stranger.act(flow, "otp.check", otp=code).json()["status"]
    assert "authorizeResponse" not in stranger.resume(flow).text


def test_a_changed_amount_is_refused(agent: Agent, controls: Controls, application: Application, user_id: str):
    """The signature does not cover it any more; nor does it count beside the object, or in one without a signature."""
    more = {**TEMPLATE, "variables": {"sum": 100_000, "currency": "EUR", "recipient": "Bob"}}
    forged = approval(agent, application, user_id, key=FOREIGN, **{"pi.template": more})
    assert "request" == detail(forged)["target"]
    plain = request_of(application, response_mode="pi.flow", **{"pi.template": '{"name":"unknown"}'})
    assert "USERNAME_PASSWORD_REQUIRED" == agent.get("/as/authorize", params=plain).json()["status"]
    unsigned = controls.named("UseCaseUnsignedRequestApp")
    token = signed(agent, unsigned, alg="none", **{"pi.template": TEMPLATE})
    asked = {"client_id": unsigned.client_id, "request": token, "response_mode": "pi.flow"}
    assert "request" == detail(agent.get("/as/authorize", params=asked))["target"]


def test_a_live_session_approves_nothing(agent: Agent, controls: Controls, application: Application):
    """Whoever is signed on, with a second factor even, must still approve; a reset does not get around it."""
    agent.signed_on(application)
    token = signed(agent, application, **{"pi.template": TEMPLATE, "response_mode": "pi.flow"})
    asked = {"client_id": application.client_id, "response_type": "code", "request": token}
    flow = agent.get("/as/authorize", params={**asked, "response_mode": "pi.flow"}).json()
    assert "DEVICE_SELECTION_REQUIRED" == flow["status"]
    assert "USERNAME_PASSWORD_REQUIRED" == agent.act(flow, "session.reset").json()["status"]
    assert "DEVICE_SELECTION_REQUIRED" == agent.password(flow).json()["status"]
    choose(agent, flow, "EMAIL")
    code = controls.messages(agent.target.user().username)[0]["code"]
    assert "COMPLETED" == agent.act(flow, "otp.check", otp=code).json()["status"]
    again = agent.get("/as/authorize", params={**asked, "response_mode": "pi.flow"}).json()
    assert "DEVICE_SELECTION_REQUIRED" == again["status"]


@pytest.mark.parametrize("changes", [
    {"login_hint_token": None}, {"sub": "nobody"}, {"key": FOREIGN}, {"aud": "https://elsewhere.example"}, {"exp": 1},
], ids=["none", "nobody", "foreign key", "audience", "expired"])
def test_who_is_not_named_is_not_asked(agent: Agent, application: Application, user_id: str, changes: dict[str, Any]):
    """Without a good login_hint_token a flow that is only about a second factor does not start."""
    token = signed(agent, application, **{"sub": user_id, **changes})
    asked = request_of(application, response_mode="pi.flow", acr_values="MFA_Only",
                       login_hint_token=changes.get("login_hint_token", token))
    assert "login_hint_token" == detail(agent.get("/as/authorize", params=asked))["target"]


@fact("6.1-login-hint-token")
def test_a_name_is_no_password(agent: Agent, application: Application, user_id: str):
    """Where the policy wants a sign-on the named user is asked for the password, and never let in without."""
    token = signed(agent, application, sub=user_id)
    flow = agent.start(application, login_hint_token=token)
    assert ("PASSWORD_REQUIRED", user_id) == (flow["status"], flow["_embedded"]["user"]["id"])
    assert "ST" not in agent.cookies


@pytest.mark.parametrize("template", [
    "text", [], {"name": "unknown"}, {"name": "transaction", "variables": []},
    {"name": "transaction", "variables": {"sum": {}}},
], ids=["text", "list", "unknown", "no variables", "no value"])
def test_a_template_must_be_one(agent: Agent, application: Application, user_id: str, template: Any):
    """Its name and its variables."""
    assert "pi.template" == detail(approval(agent, application, user_id, **{"pi.template": template}))["target"]
