"""The flow resource as PingOne writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .. import constants
from .environment import Environment
from .flow import Flow
from .passwords import POLICY

#: The actions on offer in each status: the keys of ``_links`` and the middle of the media types.
OFFERED: dict[str, tuple[str, ...]] = {
    "USERNAME_PASSWORD_REQUIRED": ("usernamePassword.check", "password.forgot", "user.register", "session.reset"),
    "SIGN_ON_REQUIRED": ("user.lookup", "usernamePassword.check", "password.forgot", "session.reset"),
    "PASSWORD_REQUIRED": ("usernamePassword.check", "password.forgot", "session.reset"),
    "MUST_CHANGE_PASSWORD": ("password.reset", "session.reset"),
    "PASSWORD_EXPIRED": ("password.reset", "session.reset"),
    "RECOVERY_CODE_REQUIRED": ("password.recover", "password.sendRecoveryCode", "session.reset"),
    "VERIFICATION_CODE_REQUIRED": ("user.verify", "user.sendVerificationCode", "session.reset"),
    "DEVICE_SELECTION_REQUIRED": ("device.select", "session.reset"),
    "OTP_REQUIRED": ("otp.check", "device.select", "session.reset"),
    "PUSH_CONFIRMATION_REQUIRED": ("otp.check", "device.select", "session.reset"),
    "PUSH_CONFIRMATION_TIMED_OUT": ("device.select", "session.reset"),
    "ASSERTION_REQUIRED": ("assertion.check", "device.select", "session.reset"),
    "AGREEMENT_CONSENT_REQUIRED": ("user.consent", "session.reset"),
    "PROFILE_DATA_REQUIRED": ("user.update", "session.reset"),
    "EXTERNAL_AUTHENTICATION_REQUIRED": ("session.reset",),
    "ACCOUNT_LINKING_REQUIRED": ("usernamePassword.check", "session.reset"),
    "ACCOUNT_CONFIRMATION_REQUIRED": ("user.confirm", "session.reset"),
    "COMPLETED": (),
    "FAILED": (),
}
AGREEMENT = {
    "id": "8e3f1c52-40c0-4b7e-9d3c-1f6a2c9b7d10",
    "name": "Terms of the demonstration",
    "title": "Terms of the demonstration",
    "content": "I know that this is a simulator: nothing here is real and nothing is kept.",
    "locale": "en",
}
#: What progressive profiling asks for.
PROFILE_ATTRIBUTES: tuple[dict[str, Any], ...] = (
    {"displayName": "Mobile phone", "schemaPropertyName": "mobilePhone", "required": True},
    {"displayName": "Nickname", "schemaPropertyName": "nickname", "required": False},
)
_MFA = ("DEVICE_SELECTION_REQUIRED", "OTP_REQUIRED", "PUSH_CONFIRMATION_REQUIRED", "PUSH_CONFIRMATION_TIMED_OUT",
        "ASSERTION_REQUIRED")


def offered(flow: Flow) -> tuple[str, ...]:
    """The actions that the flow takes now."""
    actions = OFFERED[flow.status]
    if flow.policy.start == "mfa":
        actions = tuple(action for action in actions if action != "session.reset")
    if not flow.policy.registration:
        actions = tuple(action for action in actions if action != "user.register")
    return actions


def render(environment: Environment, flow: Flow, response: dict[str, str] | None = None) -> dict[str, Any]:
    """The resource; ``response`` is the ``authorizeResponse`` of a pi.flow that has come to its end."""
    url = environment.flow_url(flow)
    body: dict[str, Any] = {
        "_links": {
            "self": {"href": url},
            "signOnPage": {"href": f"{environment.url}/signon/?flowId={flow.id}"},
            **{action: {"href": url} for action in offered(flow)},
        },
        "_embedded": _embedded(environment, flow),
        "id": flow.id,
        "environment": {"id": constants.ENVIRONMENT_ID},
    }
    if flow.session_id:
        body["session"] = {"id": flow.session_id}
    body["resumeUrl"] = environment.resume_url(flow)
    body["status"] = flow.status
    body["createdAt"] = timestamp(flow.created_at)
    body["expiresAt"] = timestamp(environment.flows.expires_at(flow.id))
    if flow.status in _MFA and flow.device is not None:
        body["selectedDevice"] = {"id": flow.device.id}
    if flow.status == "ASSERTION_REQUIRED":
        options = {"challenge": flow.challenge, "timeout": 120_000, "allowCredentials": []}
        body["publicKeyCredentialRequestOptions"] = options
    if flow.error is not None:
        body["error"] = {"code": flow.error[0], "message": flow.error[1]}
    if response is not None:
        body["authorizeResponse"] = response
    return body


def timestamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds, PingOne's form."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _embedded(environment: Environment, flow: Flow) -> dict[str, Any]:
    embedded: dict[str, Any] = {}
    if flow.user is not None:
        embedded["user"] = {"id": flow.user.id, "username": flow.user.username}
    embedded["application"] = {"name": flow.request.application.name}
    if flow.status in ("MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED", "RECOVERY_CODE_REQUIRED"):
        embedded["passwordPolicy"] = POLICY
    if flow.status in _MFA and flow.user is not None:
        embedded["devices"] = [device.to_json() for device in flow.user.devices]
    if flow.status == "AGREEMENT_CONSENT_REQUIRED":
        embedded["agreement"] = AGREEMENT
    if flow.status == "PROFILE_DATA_REQUIRED":
        embedded["attributes"] = list(PROFILE_ATTRIBUTES)
    if flow.status == "EXTERNAL_AUTHENTICATION_REQUIRED":
        href = f"{environment.url}/rp/authenticate?providerId={PROVIDER_ID}&flowId={flow.id}"
        embedded["identityProvider"] = {
            "id": PROVIDER_ID, "name": "Partner directory", "type": "OPENID_CONNECT",
            "_links": {"authenticate": {"href": href}},
        }
    return embedded


PROVIDER_ID = "4c3f2a10-6d0e-4f55-8a11-6b4d2f5e9c01"
