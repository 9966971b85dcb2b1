"""The actions of the Flows API: the media type of a request names one, the flow's status says which are allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..environment import Environment
from ..errors import Detail, PlatformError
from ..flow import Flow
from ..flow_json import offered
from ..sessions import Session
from ..sign_on import settle
from . import account, multi_factor, password, recovery

#: Takes the flow on; returns a session when the action was a successful credential check, whose cookie is then set.
Handler = Callable[[Environment, Flow, Mapping[str, Any], Session | None], Session | None]

HANDLERS: Mapping[str, Handler] = {
    "usernamePassword.check": password.check,
    "user.lookup": password.look_up,
    "password.reset": password.reset,
    "password.forgot": recovery.forgot,
    "password.sendRecoveryCode": recovery.send_again,
    "password.recover": recovery.recover,
    "user.register": account.register,
    "user.verify": account.verify,
    "user.sendVerificationCode": account.send_again,
    "user.update": account.update,
    "user.consent": account.consent,
    "user.confirm": account.confirm,
    "device.select": multi_factor.select,
    "otp.check": multi_factor.check_passcode,
    "assertion.check": multi_factor.check_assertion,
}
#: Documented by PingOne, never on offer in this environment.
ELSEWHERE = frozenset({"kerberos.lookup", "deviceAuthGrant.userCode.verify"})


def perform(
    environment: Environment, flow: Flow, action: str, body: Mapping[str, Any], session: Session | None
) -> Session | None:
    """Do one action; the session whose ST cookie the answer must set, or None. Raises PlatformError, state kept."""
    multi_factor.poll(environment, flow)
    if action not in offered(flow):
        raise PlatformError(
            400, "INVALID_REQUEST", "The request could not be completed.",
            Detail("INVALID_VALUE", f"{action} is not allowed while the flow is {flow.status}", "Content-Type"),
        )
    if action == "session.reset":
        flow.start()
        return None
    opened = HANDLERS[action](environment, flow, body, session)
    multi_factor.skip_selection(environment, flow)
    settle(environment, flow)
    return opened


def look(environment: Environment, flow: Flow) -> None:
    """Reading a flow also notices what happened elsewhere: a push that was answered or has timed out."""
    multi_factor.poll(environment, flow)
    multi_factor.skip_selection(environment, flow)
    settle(environment, flow)
