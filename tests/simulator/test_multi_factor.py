"""The second factor: passcodes, pushes and security keys."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.simulator.driver import Driver, body, claims

ORIGIN = "http://localhost:8123"


@pytest.fixture
def flow(driver: Driver) -> dict[str, Any]:
    """A flow that waits for a device."""
    return body(driver.password(driver.start(), "mfaTestUser"))


def select(driver: Driver, flow: dict[str, Any], kind: str) -> dict[str, Any]:
    device = next(device for device in flow["_embedded"]["devices"] if device["type"] == kind)
    return body(driver.act(flow, "device.select", device={"id": device["id"]}))


def status(driver: Driver, flow: dict[str, Any]) -> str:
    return str(body(driver.get(f"/flows/{flow['id']}"))["status"])


def test_the_devices_are_listed_masked(flow) -> None:
    """Enough to recognise, not enough to learn an address."""
    assert "DEVICE_SELECTION_REQUIRED" == flow["status"]
    kinds = [device["type"] for device in flow["_embedded"]["devices"]]
    assert ["EMAIL", "SMS", "MOBILE", "FIDO2"] == kinds
    assert "m***@example.com" == flow["_embedded"]["devices"][0]["email"]


@pytest.mark.parametrize("kind", ["EMAIL", "SMS"])
def test_a_passcode_completes_the_flow(driver: Driver, flow, kind) -> None:
    """It is in the inbox; the ID token says how and under which policy."""
    waiting = select(driver, flow, kind)
    assert ("OTP_REQUIRED", True) == (waiting["status"], "selectedDevice" in waiting)
    code = driver.messages()[0]["code"]
    assert (6, True) == (len(code), code.isdigit())
    assert "COMPLETED" == body(driver.act(flow, "otp.check", otp=code))["status"]
    token = claims(body(driver.redeem(body(driver.resume(flow))["authorizeResponse"]["code"]))["id_token"])
    assert ("Multi_Factor", ["pwd", "otp", "mfa"]) == (token["acr"], token["amr"])


def test_three_wrong_passcodes_end_the_flow(driver: Driver, flow) -> None:
    """Sending another code does not buy more attempts."""
    select(driver, flow, "EMAIL")
    assert "INVALID_OTP" == body(driver.act(flow, "otp.check", otp="x"))["details"][0]["code"]
    select(driver, flow, "SMS")
    assert "INVALID_OTP" == body(driver.act(flow, "otp.check", otp="x"))["details"][0]["code"]
    assert "FAILED" == body(driver.act(flow, "otp.check", otp="x"))["status"]


def test_a_resent_passcode_replaces_the_one_before(driver: Driver, flow) -> None:
    """Only the newest counts."""
    select(driver, flow, "EMAIL")
    old = driver.messages()[0]["code"]
    select(driver, flow, "EMAIL")
    new = driver.messages()[0]["code"]
    if old != new:
        assert 400 == driver.act(flow, "otp.check", otp=old).status_code
    assert "COMPLETED" == body(driver.act(flow, "otp.check", otp=new))["status"]


def test_a_passcode_expires(driver: Driver, flow, clock) -> None:
    """After five minutes it is wrong."""
    select(driver, flow, "EMAIL")
    clock.move(300)
    code = driver.messages()[0]["code"]
    assert "INVALID_OTP" == body(driver.act(flow, "otp.check", otp=code))["details"][0]["code"]


def test_an_unknown_device_is_refused(driver: Driver, flow) -> None:
    """The target names the member."""
    for device in ({"id": "nope"}, {}, "nope", None):
        answer = driver.act(flow, "device.select", device=device)
        assert (400, "device.id") == (answer.status_code, body(answer)["details"][0]["target"])


@pytest.mark.parametrize(("answer", "outcome"), [("approved", "COMPLETED"), ("denied", "FAILED")])
def test_a_push_is_answered_in_the_inbox(driver: Driver, flow, answer, outcome) -> None:
    """The flow notices when it is read."""
    assert "PUSH_CONFIRMATION_REQUIRED" == select(driver, flow, "MOBILE")["status"]
    assert "PUSH_CONFIRMATION_REQUIRED" == status(driver, flow)
    push = driver.messages()[0]
    assert ("Push", True) == (push["kind"], push["answerable"])
    assert 200 == driver.post(f"/inbox/{push['id']}", json={"answer": answer}).status_code
    assert outcome == status(driver, flow)
    assert 404 == driver.post(f"/inbox/{push['id']}", json={"answer": answer}).status_code


def test_a_push_times_out_and_can_be_sent_again(driver: Driver, flow, clock) -> None:
    """An answer that comes too late counts for nothing."""
    select(driver, flow, "MOBILE")
    late = driver.messages()[0]
    clock.move(60)
    assert 404 == driver.post(f"/inbox/{late['id']}", json={"answer": "approved"}).status_code
    assert "PUSH_CONFIRMATION_TIMED_OUT" == status(driver, flow)
    assert "PUSH_CONFIRMATION_REQUIRED" == select(driver, flow, "MOBILE")["status"]


def test_the_phone_also_shows_a_passcode(driver: Driver, flow) -> None:
    """The fallback while a push is waiting."""
    select(driver, flow, "MOBILE")
    code = driver.messages()[0]["code"]
    assert "COMPLETED" == body(driver.act(flow, "otp.check", otp=code))["status"]


def assertion(challenge: str, origin: str = ORIGIN) -> dict[str, Any]:
    data = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": origin}).encode()
    return {"response": {"clientDataJSON": base64.urlsafe_b64encode(data).decode().rstrip("=")}}


def test_a_security_key_signs_the_challenge(driver: Driver, flow) -> None:
    """As an object or as JSON in a string, PingOne's own form."""
    challenge = select(driver, flow, "FIDO2")["publicKeyCredentialRequestOptions"]["challenge"]
    answer = driver.act(flow, "assertion.check", origin=ORIGIN, assertion=json.dumps(assertion(challenge)))
    assert "COMPLETED" == body(answer)["status"]


@pytest.mark.parametrize("bad", [None, 7, "{", "[]", {}, {"response": {"clientDataJSON": "%"}}, assertion("other")])
def test_bad_assertions_are_refused(driver: Driver, flow, bad) -> None:
    """Another challenge, or something else altogether."""
    select(driver, flow, "FIDO2")
    answer = driver.act(flow, "assertion.check", origin=ORIGIN, assertion=bad)
    assert (400, "assertion") == (answer.status_code, body(answer)["details"][0]["target"])
