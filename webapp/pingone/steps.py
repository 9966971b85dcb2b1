"""Which step a flow's status asks for, and which JSON each action sends. A table, as PingOne's documentation has it.

https://developer.pingidentity.com/pingone-api/auth/flows.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import StepUnsupported
from .flow import Flow, mapping, text


@dataclass(frozen=True)
class Action:
    """One action: its media type suffix, and which JSON member each form field becomes (`a.b` is b inside a)."""

    name: str
    members: Mapping[str, str]
    constant: Mapping[str, Any] = field(default_factory=dict)
    """Members that are always sent."""


def _action(name: str, **members: str) -> tuple[str, Action]:
    return name, Action(name, members)


DECLINE = "user.consent.decline"
"""Our own name for declining: PingOne has one action for both answers."""


ACTIONS: dict[str, Action] = dict(
    [
        _action("usernamePassword.check", username="username", password="password"),
        _action("user.lookup", username="username"),
        _action("session.reset"),
        _action("password.forgot", username="username"),
        _action("password.sendRecoveryCode"),
        _action("password.recover", recovery_code="recoveryCode", new_password="newPassword"),
        _action("password.reset", current_password="currentPassword", new_password="newPassword"),
        _action("user.register", username="username", email="email", password="password"),
        _action("user.verify", verification_code="verificationCode"),
        _action("user.sendVerificationCode"),
        _action("user.update"),
        _action("user.confirm"),
        ("user.consent", Action("user.consent", {}, {"accept": True})),
        (DECLINE, Action("user.consent", {}, {"accept": False})),
        _action("device.select", device="device.id"),
        _action("otp.check", otp="otp"),
    ]
)


@dataclass(frozen=True)
class Step:
    """What the user has to do next. `actions[0]` is what the form's main button does; the others are alternatives.

    `kind` names the form, `status` is PingOne's, `refresh_seconds` is when to ask again while a device is waited for.
    """

    kind: str
    status: str
    actions: tuple[str, ...] = ()
    refresh_seconds: int | None = None


PUSH_POLL = 3
PROFILE = "profile."

STEPS: dict[str, Step] = {
    status: Step(kind, status, tuple(actions), PUSH_POLL if kind == "push" else None)
    for status, kind, *actions in [
        ("USERNAME_PASSWORD_REQUIRED", "password", "usernamePassword.check", "password.forgot", "user.register"),
        ("SIGN_ON_REQUIRED", "identifier", "user.lookup", "user.register"),
        ("PASSWORD_REQUIRED", "password", "usernamePassword.check", "password.forgot", "session.reset"),
        ("MUST_CHANGE_PASSWORD", "change_password", "password.reset", "session.reset"),
        ("PASSWORD_EXPIRED", "change_password", "password.reset", "session.reset"),
        ("RECOVERY_CODE_REQUIRED", "recovery", "password.recover", "password.sendRecoveryCode", "session.reset"),
        ("VERIFICATION_CODE_REQUIRED", "verification", "user.verify", "user.sendVerificationCode"),
        ("DEVICE_SELECTION_REQUIRED", "device", "device.select"),
        ("OTP_REQUIRED", "otp", "otp.check", "device.select"),
        ("PUSH_CONFIRMATION_REQUIRED", "push", "", "otp.check", "device.select"),
        ("PUSH_CONFIRMATION_TIMED_OUT", "push_timed_out", "device.select"),
        ("PROFILE_DATA_REQUIRED", "profile", "user.update"),
        ("ACCOUNT_CONFIRMATION_REQUIRED", "confirm", "user.confirm"),
        ("ACCOUNT_LINKING_REQUIRED", "password", "usernamePassword.check"),
        ("AGREEMENT_CONSENT_REQUIRED", "agreement", "user.consent", DECLINE),
        # A passkey is bound to PingOne's origin, an external provider needs the browser, and the code of another
        # device is typed where that device says: all of them belong to hosted mode.
        ("ASSERTION_REQUIRED", "unsupported"),
        ("EXTERNAL_AUTHENTICATION_REQUIRED", "unsupported"),
        ("DAG_USER_CODE_REQUIRED", "unsupported"),
        ("DAG_CONSENT_REQUIRED", "unsupported"),
    ]
}
UNSUPPORTED = Step("unsupported", "")


def step_of(flow: Flow) -> Step:
    """Return the step for the flow's status; one that PingOne has added since is `unsupported`, never an error."""
    step = STEPS.get(flow.status)
    if step is None:
        # Only a list of headings documents the name of the agreement's status; its action is documented in full.
        step = STEPS["AGREEMENT_CONSENT_REQUIRED"] if "user.consent" in flow.actions else UNSUPPORTED
    if step.kind == "identifier" and "user.lookup" not in flow.actions and "usernamePassword.check" in flow.actions:
        step = STEPS["USERNAME_PASSWORD_REQUIRED"]
    offered = tuple(name for name in step.actions[1:] if ACTIONS[name].name in flow.actions)
    return Step(step.kind, flow.status, (*step.actions[:1], *offered), step.refresh_seconds)


def fields_of(flow: Flow, action: str) -> tuple[str, ...]:
    """Return the names of the form fields that an action sends; raise `StepUnsupported` for a name that is no action.

    `user.update` sends what the flow asks for: the names of its attributes, each after `profile.`.
    """
    if action == "user.update":
        return tuple(PROFILE + name for name, _ in attributes_of(flow))
    return tuple(known_action(action).members)


def attributes_of(flow: Flow) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Return what a `PROFILE_DATA_REQUIRED` step asks for: each name with its `displayName` and `required`."""
    listed = flow.embedded.get("attributes", flow.embedded.get("profileAttributes"))
    found = [each for each in listed[:20] if isinstance(each, dict)] if isinstance(listed, list) else []
    named = ((text(each.get("schemaPropertyName")) or text(each.get("name")), each) for each in found)
    return tuple((name, each) for name, each in named if name)


def body_of(flow: Flow, action: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON body for an action; raise `StepUnsupported` for a name that is no action.

    Of `fields` only those of `fields_of` are sent: a form holds more, such as a token of the host's own, and a visitor
    may add whatever the user's record has.
    """
    known = known_action(action)
    given = {name: fields[name] for name in fields_of(flow, action) if name in fields}
    if action == "user.update":
        return _nested({name.removeprefix(PROFILE): value for name, value in given.items() if value})
    return {**known.constant, **_nested({known.members[name]: value for name, value in given.items()})}


def known_action(action: str) -> Action:
    """Return the action; raise `StepUnsupported` for a name that is not one."""
    if action not in ACTIONS:
        raise StepUnsupported(f"no such action: {action[:40]}")
    return ACTIONS[action]


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, last = path.split(".")
        inner = body
        for parent in parents:
            # Fields come from a browser: `a` beside `a.b` must not end in an error, the later one stays.
            if not isinstance(inner.get(parent), dict):
                inner[parent] = {}
            inner = inner[parent]
        inner[last] = value
    return body


@dataclass(frozen=True)
class Device:
    """A second factor: `kind` is PingOne's `type` (`EMAIL`, `SMS`, `TOTP`), `shown` its masked address or its name."""

    id: str
    kind: str
    shown: str


def devices_of(flow: Flow) -> tuple[Device, ...]:
    """Return the second factors a person may choose from; PingOne masks the addresses."""
    listed = flow.embedded.get("devices", flow.document.get("devices"))
    found = [each for each in listed[:20] if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(
        Device(
            text(each.get("id")),
            text(each.get("type")),
            text(each.get("email")) or text(each.get("phone")) or text(each.get("name")) or text(each.get("nickname")),
        )
        for each in found
        if text(each.get("id"))
    )


def username_of(flow: Flow) -> str:
    """Return the user name that PingOne has attached to the flow, empty before it has."""
    return text(mapping(flow.embedded.get("user")).get("username"))
