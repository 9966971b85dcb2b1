"""The second factor: choose a device, then a passcode, a push or a security key."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from typing import Any

from .. import inbox
from ..environment import Environment
from ..errors import PlatformError, invalid
from ..flow import Flow, send_code
from ..sessions import Session
from ..users import Device
from ._body import check_code, text

PASSCODE_SECONDS = 300.0
#: Seconds in which a push must be answered.
PUSH_SECONDS = 60.0


def select(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"device": {"id"}}``. Selecting a device again sends its passcode again."""
    chosen = body.get("device")
    identity = chosen.get("id") if isinstance(chosen, dict) else None
    if not identity:
        raise invalid("REQUIRED_VALUE", "device.id is required", "device.id")
    device = next((each for each in flow.user.devices if each.id == identity), None) if flow.user else None
    if device is None:
        raise invalid("INVALID_VALUE", "The user has no such device", "device.id")
    flow.device, flow.push, flow.code = device, None, None
    if device.type == "FIDO2":
        flow.challenge = secrets.token_urlsafe(32)
        flow.status = "ASSERTION_REQUIRED"
        return
    code = send_code(flow, inbox.passcode, environment.now(), PASSCODE_SECONDS)
    if device.type == "MOBILE":
        _push(environment, flow, device, code)
        return
    flow.status = "OTP_REQUIRED"
    asked = flow.request.transaction
    words = "Enter it to sign on." if asked is None else f"{asked.words} Enter it to approve."
    environment.inbox.deliver("One-time passcode", device.shown, _username(flow), words, code=code)


def skip_selection(environment: Environment, flow: Flow) -> None:
    """Whoever has one device only is not asked to choose it."""
    devices = flow.user.devices if flow.user is not None else ()
    if flow.status == "DEVICE_SELECTION_REQUIRED" and len(devices) == 1 and flow.device is None:
        select(environment, flow, {"device": {"id": devices[0].id}}, None)


def check_passcode(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"otp"}``; the third wrong one ends the flow."""
    if check_code(environment, flow, text(body, "otp"), "otp", "INVALID_OTP"):
        _pass(flow, "otp")


def check_assertion(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"origin", "assertion"}``: the challenge must come back from that origin.

    Nobody has registered a real key with a simulator, so there is no signature to verify; everything
    else is checked, and the assertion is either WebAuthn's JSON or that JSON in a string.
    """
    origin, assertion = text(body, "origin"), body.get("assertion")
    if client_data(assertion) != {"type": "webauthn.get", "challenge": flow.challenge, "origin": origin}:
        raise invalid("INVALID_VALUE", "The assertion does not belong to this challenge and origin", "assertion")
    _pass(flow, "hwk")


def client_data(assertion: Any) -> dict[str, Any]:
    """Type, challenge and origin out of ``response.clientDataJSON``; raises PlatformError when unreadable."""
    try:
        if isinstance(assertion, str):
            assertion = json.loads(assertion)
        encoded = assertion["response"]["clientDataJSON"]
        data = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return {name: data[name] for name in ("type", "challenge", "origin")}
    except (KeyError, TypeError, ValueError, RecursionError, binascii.Error) as unreadable:
        raise _malformed() from unreadable


def _malformed() -> PlatformError:
    return invalid("INVALID_VALUE", "assertion must be a WebAuthn assertion", "assertion")


def poll(environment: Environment, flow: Flow) -> None:
    """Notice that a push was approved, denied or left alone for too long."""
    if flow.status != "PUSH_CONFIRMATION_REQUIRED" or flow.push is None:
        return
    if flow.push.answer == "approved":
        _pass(flow, "swk")
    elif flow.push.answer == "denied":
        flow.fail("access_denied", "The push notification was denied.")
    elif environment.now() >= flow.push_until:
        flow.status, flow.push, flow.code = "PUSH_CONFIRMATION_TIMED_OUT", None, None


def _push(environment: Environment, flow: Flow, device: Device, code: str) -> None:
    flow.status = "PUSH_CONFIRMATION_REQUIRED"
    flow.push_until = environment.now() + PUSH_SECONDS
    asked = flow.request.transaction
    words = f"Do you want to sign on to {flow.request.application.name}?" if asked is None else asked.words
    flow.push = environment.inbox.deliver("Push", device.shown, _username(flow), words, code=code, flow_id=flow.id)


def _pass(flow: Flow, method: str) -> None:
    flow.add_method(method, "mfa")
    flow.finish_step()


def _username(flow: Flow) -> str:
    return flow.user.username if flow.user else ""
