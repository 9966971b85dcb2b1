"""A forgotten password: a recovery code is sent, then exchanged together with a new password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import inbox, passwords
from ..environment import Environment
from ..errors import invalid
from ..flow import Flow, send_code
from ..sessions import Session
from . import password
from ._body import check_code, text

#: Seconds for which a recovery code is good (PingOne: five minutes).
RECOVERY_SECONDS = 300.0


def forgot(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"username"}``: asks for a code. The answer is the same whether or not somebody has that name."""
    username = text(body, "username")
    flow.forgot_username = username
    flow.detour("recovery")
    _send(environment, flow)


def send_again(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{}``: another code; the one before is worthless."""
    _send(environment, flow)


def recover(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> Session | None:
    """``{"recoveryCode", "newPassword"}``: a credential check like the password itself."""
    given, new = text(body, "recoveryCode"), text(body, "newPassword")
    user = environment.users.find(flow.forgot_username)
    # The policy comes first: a good code must not be spent on a password that is refused afterwards.
    if found := passwords.unsatisfied(new, "", user):
        raise passwords.refusal(found)
    if not check_code(environment, flow, given.upper(), "recoveryCode", "INVALID_VALUE"):
        return None
    if user is None:
        raise invalid("INVALID_VALUE", "The code is invalid or has expired", "recoveryCode")
    user.password, user.failures, user.locked_until = new, 0, 0.0
    flow.todo.pop(0)
    return password.passed(environment, flow, user, session, chosen_here=True)


def _send(environment: Environment, flow: Flow) -> None:
    code = send_code(flow, inbox.recovery_code, environment.now(), RECOVERY_SECONDS)
    user = environment.users.find(flow.forgot_username)
    if user is not None and user.enabled and not user.always_locked:
        words = "Enter it to choose a new password."
        environment.inbox.deliver("Recovery code", user.email, user.username, words, code=code)
