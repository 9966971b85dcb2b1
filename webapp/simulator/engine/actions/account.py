"""The user's account: registration, verification, profile data, agreement, confirmation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import inbox, passwords
from ..environment import Environment
from ..errors import invalid
from ..flow import Flow
from ..flow import send_code as new_code
from ..flow_json import PROFILE_ATTRIBUTES
from ..sessions import Session
from ..sign_on import attach
from ._body import check_code, text

VERIFICATION_SECONDS = 900.0
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_PHONE = re.compile(r"\+?[0-9][0-9 .()\-]{4,24}\Z")
_NAME_LIMIT = 128


def register(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> Session:
    """``{"username", "email", "password", "name": {"given", "family"}}``; ``name`` may be left out."""
    username, email = text(body, "username", limit=_NAME_LIMIT), text(body, "email", limit=254)
    password = text(body, "password")
    if environment.users.find(username) is not None:
        raise invalid("UNIQUENESS_VIOLATION", "is unique but a non-unique value is provided", "username")
    if not _EMAIL.match(email):
        raise invalid("INVALID_VALUE", "must be an email address", "email")
    name = body.get("name")
    parts = name if isinstance(name, dict) else {}
    given, family = (str(parts.get(part) or "")[:_NAME_LIMIT] for part in ("given", "family"))
    if found := passwords.unsatisfied(password, "", None):
        raise passwords.refusal(found, "password")
    user = environment.users.register(username, email, password, given, family)
    user.afterwards = ("verification",)
    opened = attach(environment, flow, user, session)
    flow.todo.pop(0)
    flow.done.add("login")
    flow.add_method("pwd")
    flow.detour("verification")
    send_code(environment, flow)
    return opened


def send_code(environment: Environment, flow: Flow) -> None:
    """A fresh verification code to the user's address."""
    code = new_code(flow, inbox.recovery_code, environment.now(), VERIFICATION_SECONDS)
    if flow.user is not None:
        environment.inbox.deliver(
            "Verification code", flow.user.email, flow.user.username, "Enter it to verify your address.", code=code
        )


def send_again(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{}``: another verification code."""
    send_code(environment, flow)


def verify(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"verificationCode"}``."""
    given = text(body, "verificationCode")
    if check_code(environment, flow, given.upper(), "verificationCode", "INVALID_VALUE"):
        if flow.user is not None:
            flow.user.afterwards = ()
        flow.finish_step()


def update(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """The profile attributes that were asked for, by their names in the user schema."""
    values: dict[str, str] = {}
    for attribute in PROFILE_ATTRIBUTES:
        name = attribute["schemaPropertyName"]
        if attribute["required"] or body.get(name):
            values[name] = text(body, name, limit=_NAME_LIMIT)
    if not _PHONE.match(values["mobilePhone"]):
        raise invalid("INVALID_VALUE", "must be a telephone number", "mobilePhone")
    if flow.user is not None:
        flow.user.attributes.update(values)
        flow.user.updated_at = int(environment.now())
    flow.finish_step()


def consent(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"accept": true|false}``; a refusal ends the flow."""
    accept = body.get("accept")
    if not isinstance(accept, bool):
        raise invalid("REQUIRED_VALUE" if accept is None else "INVALID_VALUE", "accept must be true or false", "accept")
    if accept:
        flow.finish_step()
    else:
        flow.fail("access_denied", "The agreement was not accepted.")


def confirm(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{}``: yes, the external account is mine."""
    flow.finish_step()
    flow.finish_step()
