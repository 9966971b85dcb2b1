"""User name and password: check, look up the user first, choose a new password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import passwords
from ..environment import Environment
from ..errors import PlatformError, invalid
from ..flow import Flow
from ..sessions import Session
from ..sign_on import attach, identify
from ..users import User
from . import account
from ._body import text


def check(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> Session | None:
    """``{"username", "password"}``: the credential check that sets the ST cookie."""
    user, given = _candidate(environment, flow, body), text(body, "password")
    moment = environment.now()
    if user is None:
        raise wrong_credentials()
    if seconds := user.seconds_locked(moment):
        # Two generations of the same answer exist; a client must understand both.
        if flow.fault == "locked_older_form":
            raise invalid("PASSWORD_LOCKED_OUT", "The account is locked", "password", secondsUntilUnlock=seconds)
        flow.fail("PASSWORD_LOCKED_OUT", "Too many unsuccessful sign-on attempts. Your account is locked.")
        return None
    if not user.has_password(given):
        user.failed(moment)
        raise wrong_credentials()
    if not user.enabled:
        flow.fail("ACCOUNT_NOT_USABLE", "The account is disabled.")
        return None
    user.failures = 0
    flow.password_used = given
    return passed(environment, flow, user, session, chosen_here=given == user.password)


def passed(
    environment: Environment, flow: Flow, user: User, session: Session | None, *, chosen_here: bool
) -> Session:
    """The password was right: open the session and add what this user must still go through.

    ``chosen_here``: the password was chosen on this simulator, so it is neither expired nor to be changed.
    """
    opened = attach(environment, flow, user, session)
    due = flow.todo.pop(0)
    flow.done.add("external" if due == "linking" else "login")
    if due == "linking" and flow.todo[:1] == ["external"]:
        flow.todo.pop(0)
    flow.add_method("pwd")
    skip = ("must_change_password", "password_expired") if chosen_here else ()
    flow.todo[:0] = [step for step in user.afterwards if step not in skip and step not in flow.todo]
    flow.enter()
    if flow.status == "VERIFICATION_CODE_REQUIRED":
        account.send_code(environment, flow)
    if flow.fault == "flow_failed":
        flow.fail("server_error", "Request timed out. Please try again.")
    return opened


def wrong_credentials() -> PlatformError:
    """One answer for both: which of user name and password was wrong is nobody's business."""
    return invalid("INVALID_CREDENTIALS", "Your username or password is incorrect", "credentials")


def look_up(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"username"}``: identifier first, the policy then decides who checks the user."""
    if not identify(environment, flow, text(body, "username")):
        raise invalid("INVALID_VALUE", "No user has this user name", "username")


def reset(environment: Environment, flow: Flow, body: Mapping[str, Any], session: Session | None) -> None:
    """``{"currentPassword", "newPassword"}``: the password must be changed before the flow goes on."""
    current, new = text(body, "currentPassword"), text(body, "newPassword")
    user = flow.user
    if user is None or current != flow.password_used:
        raise invalid("INVALID_VALUE", "The current password provided for the user is invalid", "currentPassword")
    if found := passwords.unsatisfied(new, current, user):
        raise passwords.refusal(found)
    user.password = new
    flow.finish_step()


def _candidate(environment: Environment, flow: Flow, body: Mapping[str, Any]) -> User | None:
    """The user who is meant. Once a user is attached, another name needs session.reset first."""
    if flow.user is None:
        return environment.users.find(text(body, "username"))
    if body.get("username") and environment.users.find(text(body, "username")) is not flow.user:
        raise invalid("INVALID_VALUE", "Another user is attached to the flow: reset the session first", "username")
    return flow.user
