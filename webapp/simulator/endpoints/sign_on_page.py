"""The sign-on page that PingOne hosts: the same actions as the Flows API, as forms that need no script."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from .. import constants
from ..engine import flow_json, passwords
from ..engine.actions import look, perform
from ..engine.environment import Environment
from ..engine.errors import PlatformError, not_found
from ..engine.flow import Flow
from .answers import current_session, keep_session, locked, origin_of, page, same_origin

blueprint = Blueprint("sign_on_page", __name__)
#: Form fields that go into an action's body as they are.
_FIELDS = ("username", "password", "currentPassword", "newPassword", "recoveryCode", "verificationCode", "otp",
           "email", "mobilePhone", "nickname")


@blueprint.get("/signon/")
@locked
def show(environment: Environment) -> ResponseReturnValue:
    """The form for the flow's status; an error page for ``error=``; onward when the flow is over."""
    if "error" in request.args:
        return page(environment, "error.html", status=400, error=_told(request.args["error"]))
    flow = _flow(environment)
    look(environment, flow)
    if flow.over:
        return redirect(environment.resume_url(flow), 303)
    return _form(environment, flow)


@blueprint.post("/signon/")
@locked
def submit(environment: Environment) -> ResponseReturnValue:
    """One action. 303 to the next form, or to resume when the flow is over; 400 and the same form when refused."""
    same_origin(environment)
    flow = _flow(environment)
    action = request.form.get("action", "")
    try:
        opened = perform(environment, flow, action, _body(environment, flow, action), current_session(environment))
    except PlatformError as refusal:
        return _form(environment, flow, refusal)
    onward = environment.resume_url(flow) if flow.over else f"{environment.url}/signon/?flowId={flow.id}"
    return keep_session(environment, _see_other(onward), opened)


def _see_other(location: str) -> Response:
    response = redirect(location, 303)
    assert isinstance(response, Response)  # noqa: S101  (Flask's redirect is typed as Werkzeug's response)
    return response


def _flow(environment: Environment) -> Flow:
    flow = environment.find_flow(request.args.get("flowId", ""))
    if flow is None or flow.resumed:
        raise not_found("This sign-on does not exist, has expired or is over. Start again in the application.")
    return flow


def _form(environment: Environment, flow: Flow, refusal: PlatformError | None = None) -> Response:
    # A form that leads to resume is redirected to the application, and Chromium checks every hop.
    return page(
        environment, "sign_on.html", status=refusal.status if refusal else 200,
        origins=flow.request.application.origins,
        flow=flow, offered=flow_json.offered(flow), errors=_errors(refusal), entered=_entered(flow),
        agreement=flow_json.AGREEMENT, attributes=flow_json.PROFILE_ATTRIBUTES, policy=passwords.POLICY,
        external_url=f"{environment.url}/rp/authenticate?providerId={flow_json.PROVIDER_ID}&flowId={flow.id}",
        page_url=f"{environment.url}/signon/?flowId={flow.id}", users=constants.DEMO_USERS, password=constants.PASSWORD,
    )


def _entered(flow: Flow) -> dict[str, str]:
    """What to fill in again: never a password or a code."""
    names = ("username", "email", "given", "family", "mobilePhone", "nickname")
    again = {name: request.form.get(name, "") for name in names}
    again["username"] = again["username"] or (flow.user.username if flow.user else flow.request.login_hint)
    return again


def _errors(refusal: PlatformError | None) -> list[dict[str, Any]]:
    """For the error summary: the field at fault, where its link leads, words."""
    if refusal is None:
        return []
    found: list[dict[str, Any]] = []
    for detail in refusal.details:
        lines = [str(detail.inner[name]) for name in detail.inner.get("unsatisfiedRequirements", ())]
        # Wrong credentials mark neither field: which of the two was wrong is not told.
        field = "" if detail.target == "credentials" else detail.target
        link = {"credentials": "username", "device.id": "device"}.get(detail.target, detail.target)
        found.append({"field": field, "link": link, "message": detail.message, "lines": lines})
    return found or [{"field": "", "link": "", "message": refusal.message, "lines": []}]


def _body(environment: Environment, flow: Flow, action: str) -> Mapping[str, Any]:
    """The JSON body that a custom page would have sent for the same form."""
    form = request.form
    body: dict[str, Any] = {name: form[name] for name in _FIELDS if name in form}
    if action == "device.select":
        body["device"] = {"id": form.get("device", "")}
    elif action == "user.consent":
        body["accept"] = form.get("accept") == "yes"
    elif action == "user.register":
        body["name"] = {"given": form.get("given", ""), "family": form.get("family", "")}
    elif action == "assertion.check":
        body |= _simulated_key(flow, origin_of(environment.base_url))
    return body


def _simulated_key(flow: Flow, origin: str) -> dict[str, Any]:
    """What a browser would return for a security key; the simulator has none, so the page makes one up."""
    data = json.dumps({"type": "webauthn.get", "challenge": flow.challenge, "origin": origin}).encode()
    encoded = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return {"origin": origin, "assertion": {"response": {"clientDataJSON": encoded}}}


def _told(raw: str) -> dict[str, str]:
    """Code, message and reason out of the JSON in ``error=``; whatever else somebody puts there is not shown."""
    try:
        told = json.loads(raw)
        details = told.get("details") or [{}]
        first = details[0] if isinstance(details, list) and isinstance(details[0], dict) else {}
        reason = str(first.get("message", ""))
        return {"code": str(told["code"])[:80], "message": str(told["message"])[:300], "reason": reason[:300]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"code": "INVALID_REQUEST", "message": "The request could not be completed.", "reason": ""}
