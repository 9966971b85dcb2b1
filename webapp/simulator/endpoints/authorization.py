"""``/as/authorize``, ``/as/par`` and ``/as/resume``: the way to a code."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine import authorization_request, davinci, sign_on
from ..engine.actions import look
from ..engine.authorization_request import AuthorizationRequest, Parameters
from ..engine.client_authentication import authenticate
from ..engine.environment import Environment
from ..engine.errors import Detail, OAuthError, PlatformError, no_access, not_found
from ..engine.flow import COMPLETED, Flow
from ..engine.flow_json import render
from ..engine.refusals import RefusedRequest, ShownToVisitor
from . import faulty
from .answers import current_session, error_page_url, found, keep_session, locked, parameters, refuse_narrow_accept
from .delivery import deliver, finish
from .oauth_form import read_form

blueprint = Blueprint("authorization", __name__)
REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"


@blueprint.route("/as/authorize", methods=["GET", "POST"])
@locked
def authorize(environment: Environment) -> ResponseReturnValue:
    """Start a flow: 302 to a sign-on page, or to the application at once; with pi.flow the flow as JSON."""
    refuse_narrow_accept(environment)
    try:
        asked, pushed_at = _pushed(environment, parameters())
        wanted = _read(environment, asked, pushed_at)
        flow = sign_on.begin(environment, wanted, current_session(environment))
    except ShownToVisitor as shown:
        return found(error_page_url(environment, shown))
    except RefusedRequest as refused:
        return _refuse(environment, refused)
    g.flow = flow  # For the journal.
    look(environment, flow)
    if flow.over:
        return finish(environment, flow)
    if wanted.response_mode == "pi.flow":
        if wanted.application.davinci:
            return jsonify(davinci.first_answer(environment.url, flow.id))
        # Whoever was named by the application brings no password, for which the cookie would be set.
        named = environment.sessions.by_id(flow.session_id) if wanted.policy.start == "mfa" else None
        return keep_session(environment, jsonify(render(environment, flow)), named)
    return found(environment.sign_on_page(flow))


def _read(environment: Environment, asked: Parameters, pushed_at: float | None) -> AuthorizationRequest:
    # A request object that was good when it was pushed may expire before the browser comes with its reference.
    moment = environment.now() if pushed_at is None else pushed_at
    return authorization_request.read(
        asked, environment.applications, environment.issuer, moment, pushed=pushed_at is not None
    )


def _refuse(environment: Environment, refused: RefusedRequest) -> ResponseReturnValue:
    if refused.response_mode == "pi.flow":
        if refused.davinci and refused.error == "login_required":
            return jsonify(davinci.login_required())
        raise refused.as_platform_error()
    pairs = [("error", refused.error), ("error_description", refused.description)]
    if refused.state is not None:
        pairs.append(("state", refused.state))
    return deliver(environment, refused.redirect_uri, refused.response_mode, pairs)


def _pushed(environment: Environment, asked: dict[str, list[str]]) -> tuple[dict[str, list[str]], float | None]:
    """The parameters that were pushed under a ``request_uri``, which is good once, and when; else the request's."""
    if "request_uri" not in asked:
        return asked, None
    reference = asked["request_uri"][0]
    held = environment.take_pushed(reference)
    if held is None or held[0] <= environment.now() or held[1].get("client_id") != asked.get("client_id"):
        detail = Detail("INVALID_VALUE", "The request_uri is unknown, used, expired or foreign", "request_uri")
        raise ShownToVisitor(400, "INVALID_DATA", "The request could not be completed.", detail)
    application = environment.applications[held[1]["client_id"][0]]
    return held[1], held[0] - application.par_seconds


@blueprint.post("/as/par")
@locked
def push(environment: Environment) -> ResponseReturnValue:
    """Pushed authorization request: 201 with a ``request_uri`` (RFC 9126)."""
    form = read_form()
    application = authenticate(environment, form, request.headers.get("Authorization", ""), "par")
    if "request_uri" in form:
        raise OAuthError("invalid_request", "request_uri must not be pushed")
    credentials = ("client_secret", "client_assertion", "client_assertion_type")
    asked = {name: [value] for name, value in form.items() if name not in credentials}
    asked["client_id"] = [application.client_id]
    try:
        _read(environment, asked, environment.now())
    except ShownToVisitor as shown:
        raise OAuthError("invalid_request", shown.details[0].message) from None
    except RefusedRequest as refused:
        raise OAuthError(refused.error, refused.description) from None
    reference = f"{REQUEST_URI_PREFIX}{uuid4()}"
    environment.pushed.put(reference, (environment.now() + application.par_seconds, asked))
    return jsonify({"request_uri": reference, "expires_in": application.par_seconds}), 201


@blueprint.get("/as/resume")
@locked
def resume(environment: Environment) -> ResponseReturnValue:
    """Hand a finished flow back. The flow id alone yields nothing: the ST cookie must be of the flow's session."""
    flow = environment.find_flow(request.args.get("flowId", ""))
    if flow is None or flow.resumed:
        raise not_found("The flow does not exist, has expired or was already resumed.")
    look(environment, flow)
    if not flow.over:
        return _pending(environment, flow)
    if flow.status == COMPLETED:
        session = current_session(environment)
        if session is None or session.id != flow.session_id:
            return _stranger(environment, flow)
    if (fault := faulty.answer(environment, flow.fault, "resume")) is not None:
        return fault
    return finish(environment, flow)


def _pending(environment: Environment, flow: Flow) -> ResponseReturnValue:
    if flow.request.response_mode == "pi.flow":
        return jsonify(render(environment, flow))
    return found(environment.sign_on_page(flow))


def _stranger(environment: Environment, flow: Flow) -> ResponseReturnValue:
    refusal: PlatformError = no_access("The session token is missing or belongs to another session", target="ST")
    if flow.request.response_mode == "pi.flow":
        raise refusal
    return found(error_page_url(environment, refusal))
