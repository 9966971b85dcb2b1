"""Second factors: passcodes, pushes, security keys."""

import base64
import json

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import detail

UNREADABLE = "what was sent to a user cannot be read"


@pytest.fixture
def flow(agent: Agent):
    """A flow that waits for the choice of a device."""
    return agent.password(agent.start(), agent.target.user("mfa")).json()


def choose(agent: Agent, flow, kind: str):
    """The flow after a device of this type was chosen."""
    device = next((each for each in flow["_embedded"]["devices"] if each["type"] == kind), None)
    if device is None:
        pytest.skip(f"the user has no device of type {kind}")
    answer = agent.act(flow, "device.select", device={"id": device["id"]})
    assert 200 == answer.status_code, answer.text
    return answer.json()


def sent(agent: Agent) -> str:
    """The passcode that was just sent."""
    return str(agent.target.played(UNREADABLE).messages(agent.target.user("mfa").username)[0]["code"])


@fact("5-action-mfa", "8.5-DEVICE_SELECTION_REQUIRED", "8.1-devices", "8.7-masked")
def test_a_device_must_be_chosen(flow):
    """The flow lists them, each with an id and a type, and does not give addresses away."""
    assert "DEVICE_SELECTION_REQUIRED" == flow["status"]
    assert "device.select" in flow["_links"]
    for device in flow["_embedded"]["devices"]:
        assert {"id", "type"} <= set(device)
        if address := device.get("email") or device.get("phone"):
            assert "*" in address


@fact("8.4-device.select", "8.5-OTP_REQUIRED", "8.1-selected-device")
def test_a_passcode_is_due(agent: Agent, flow):
    """The flow says where it went; another device may be chosen instead."""
    flow = choose(agent, flow, "EMAIL")
    assert "OTP_REQUIRED" == flow["status"]
    assert {"otp.check", "device.select"} <= set(flow["_links"])
    chosen = next(each for each in flow["_embedded"]["devices"] if each["id"] == flow["selectedDevice"]["id"])
    assert "EMAIL" == chosen["type"]


@fact("8.4-otp.check", "13.1-otp")
def test_the_passcode_completes_the_flow(agent: Agent, client: Client, flow):
    """And the ID token says so."""
    flow = choose(agent, flow, "EMAIL")
    assert "COMPLETED" == agent.act(flow, "otp.check", otp=sent(agent)).json()["status"]
    tokens = client.redeem(agent.resume(flow).json()["authorizeResponse"]["code"]).json()
    assert {"pwd", "otp"} <= set(claims(tokens["id_token"])["amr"])


@fact("8.7-wrong-passcode")
def test_a_wrong_passcode(agent: Agent, flow):
    """It may be tried again."""
    flow = choose(agent, flow, "EMAIL")
    assert "INVALID_OTP" == detail(agent.act(flow, "otp.check", otp="wrong"))["code"]
    assert "OTP_REQUIRED" == agent.read(flow)["status"]


@fact("8.7-three-passcodes")
def test_three_attempts_are_all_there_are(agent: Agent, flow):
    """The third wrong passcode ends it: the right one comes too late."""
    agent.target.played("it would block a device")
    flow = choose(agent, flow, "SMS")
    right = sent(agent)
    assert [400, 400] == [agent.act(flow, "otp.check", otp="wrong").status_code for _ in range(2)]
    agent.act(flow, "otp.check", otp="wrong")
    agent.act(flow, "otp.check", otp=right)
    assert "FAILED" == agent.read(flow)["status"]


@fact("8.5-PUSH_CONFIRMATION_REQUIRED")
def test_a_push_is_waited_for(agent: Agent, flow):
    """Reading the flow shows when it was approved."""
    controls = agent.target.played("nobody answers a push here")
    flow = choose(agent, flow, "MOBILE")
    assert "PUSH_CONFIRMATION_REQUIRED" == flow["status"]
    assert "PUSH_CONFIRMATION_REQUIRED" == agent.read(flow)["status"]
    controls.answer_push(controls.messages(agent.target.user("mfa").username)[0], "approved")
    assert "COMPLETED" == agent.read(flow)["status"]


@fact("8.5-PUSH_CONFIRMATION_TIMED_OUT", "8.7-push-unanswered")
def test_a_push_that_nobody_answers(agent: Agent, flow):
    """A device may be chosen again."""
    flow = choose(agent, flow, "MOBILE")
    agent.target.later(61)
    flow = agent.read(flow)
    assert "PUSH_CONFIRMATION_TIMED_OUT" == flow["status"]
    assert "device.select" in flow["_links"]


@fact("8.4-assertion.check")
def test_a_security_key(agent: Agent, flow):
    """The assertion carries the challenge and the origin of the page that asked for it."""
    agent.target.played("a security key needs a person")
    flow = choose(agent, flow, "FIDO2")
    challenge = flow["publicKeyCredentialRequestOptions"]["challenge"]
    data = {"type": "webauthn.get", "challenge": challenge, "origin": "https://app.example"}
    encoded = base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()
    assertion = {"response": {"clientDataJSON": encoded}}
    answer = agent.act(flow, "assertion.check", origin="https://app.example", assertion=assertion)
    assert "COMPLETED" == answer.json()["status"]


@fact("8.5-otp-after-password")
def test_the_password_may_lead_straight_to_the_passcode(agent: Agent, client: Client):
    """A user with one device is not asked to choose; with a session that lacks the factor the same happens."""
    controls = agent.target.played("the devices of its users are not known")
    user = agent.target.user("otp")
    flow = agent.password(agent.start(), user).json()
    assert "OTP_REQUIRED" == flow["status"]
    code = controls.messages(user.username)[0]["code"]
    assert "COMPLETED" == agent.act(flow, "otp.check", otp=code).json()["status"]
