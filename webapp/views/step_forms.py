"""What the form of each kind of step looks like: one row per kind, and one per way around the main form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..pingone.steps import DECLINE

Field = Mapping[str, Any]
"""The attributes of one input: `name`, `label`, `type`, `required`, and what else HTML has."""


@dataclass(frozen=True)
class StepForm:
    """A form. `next_words` is what our server does with it; `simulated` is what the simulator adds beside it."""

    title: str
    submit_label: str = ""
    next_words: str = ""
    fields: tuple[Field, ...] = ()
    simulated: str = ""
    """`users`, `password`, `inbox`, or nothing."""
    chooses_device: bool = False
    """The action needs the id of a device; without one PingOne refuses it."""
    of_somebody: bool = False
    """PingOne knows the person by now; the flow itself offers no way back."""
    shows_policy: bool = False
    offers_hosted: bool = False


@dataclass(frozen=True)
class Alternative:
    """A button beside the main one. Without the field `needs`, the form of kind `form` is shown first."""

    label: str
    form: str = ""
    needs: str = ""


def input_field(name: str, label: str, **more: Any) -> Field:
    """Return a text field that is required; `more` adds attributes or replaces these."""
    return {"name": name, "label": label, "type": "text", "required": True, **more}


def is_secret(field: Field) -> bool:
    """Return whether what is typed into the field must not be shown again."""
    return field["type"] == "password" or field.get("autocomplete") == "one-time-code"


def _password(name: str, label: str, autocomplete: str) -> Field:
    return input_field(name, label, type="password", autocomplete=autocomplete)


def _code(name: str, label: str, **more: Any) -> Field:
    return input_field(name, label, autocomplete="one-time-code", **more)


_USERNAME = input_field("username", "User name", autocomplete="username")
_NEW_PASSWORD = _password("new_password", "New password", "new-password")

FORMS: Mapping[str, StepForm] = {
    "password": StepForm(
        "Sign on", "Sign on", "Our server posts the user name and password to the flow, and keeps neither.",
        (_USERNAME, _password("password", "Password", "current-password")), "users",
    ),
    "identifier": StepForm(
        "Sign on", "Next", "Our server asks PingOne how this user signs on. No password is sent yet.",
        (_USERNAME,), "users",
    ),
    "change_password": StepForm(
        "Choose a new password", "Change password",
        "Our server posts both passwords to the flow. PingOne applies its password policy.",
        (_password("current_password", "Current password", "current-password"), _NEW_PASSWORD), "password",
        shows_policy=True,
    ),
    "forgot": StepForm(
        "Forgotten password", "Send a recovery code",
        "Our server asks PingOne to send a recovery code. The answer is the same whether the user exists or not.",
        (_USERNAME,),
    ),
    "recovery": StepForm(
        "Enter the recovery code", "Set the new password",
        "Our server posts the recovery code with the new password. A code has 8 characters and lasts 5 minutes.",
        (_code("recovery_code", "Recovery code"), _NEW_PASSWORD), "inbox", shows_policy=True,
    ),
    "verification": StepForm(
        "Enter the verification code", "Verify", "Our server posts the verification code to the flow.",
        (_code("verification_code", "Verification code"),), "inbox",
    ),
    "register": StepForm(
        "Register", "Register",
        "Our server posts the new user to the flow. PingOne applies its rules and its password policy.",
        (_USERNAME, input_field("email", "Email address", type="email", autocomplete="email"),
         _password("password", "Password", "new-password")),
        shows_policy=True,
    ),
    "device": StepForm(
        "Choose a device", "Continue",
        "Our server tells PingOne which device to use; PingOne sends the passcode or the push.",
        simulated="inbox", chooses_device=True, of_somebody=True,
    ),
    "otp": StepForm(
        "Enter the passcode", "Continue",
        "Our server posts the passcode to the flow. PingOne limits the number of attempts.",
        (_code("otp", "Passcode", inputmode="numeric"),), "inbox", of_somebody=True,
    ),
    "push": StepForm(
        "Confirm on your device", "", "Our server reads the flow again until you have answered on your device.",
        simulated="inbox", of_somebody=True,
    ),
    "push_timed_out": StepForm(
        "Your device did not respond", "Try again",
        "Nobody answered on the device in time. Our server asks PingOne to try a device again.",
        simulated="inbox", chooses_device=True, of_somebody=True, offers_hosted=True,
    ),
    "agreement": StepForm("Agreement", "Accept", "Our server posts your decision to the flow.", of_somebody=True),
    "profile": StepForm(
        "Complete your profile", "Continue", "Our server posts the missing attributes to the flow.", of_somebody=True,
    ),
    "confirm": StepForm(
        "Confirm your account", "Confirm",
        "Our server confirms the link between the two accounts.",
    ),
    "unsupported": StepForm("This step needs PingOne’s own page", offers_hosted=True),
}  # fmt: skip

ALTERNATIVES: Mapping[str, Alternative] = {
    "password.forgot": Alternative("Forgot your password?", "forgot", "username"),
    "user.register": Alternative("Register", "register", "email"),
    "session.reset": Alternative("Not you? Use another account"),
    "password.sendRecoveryCode": Alternative("Send another code"),
    "user.sendVerificationCode": Alternative("Send another code"),
    "device.select": Alternative("Send it again or use another device", "device", "device"),
    "otp.check": Alternative("Enter a passcode instead", "otp", "otp"),
    DECLINE: Alternative("I do not accept"),
}
