"""The leg to an external identity provider: ``/rp/authenticate`` and ``/rp/callback``, both played here."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from ..engine.environment import Environment
from ..engine.errors import invalid, not_found
from ..engine.flow import Flow
from ..engine.sign_on import attach, settle
from .answers import current_session, keep_session, locked, page, same_origin

blueprint = Blueprint("external", __name__)


@blueprint.get("/rp/authenticate")
@locked
def authenticate(environment: Environment) -> ResponseReturnValue:
    """The partner's sign-on page, on which a visitor chooses how it ends."""
    flow = _flow(environment)
    return page(environment, "external.html", origins=flow.request.application.origins, flow=flow,
                action=f"{environment.url}/rp/callback/demo?flowId={flow.id}")


@blueprint.post("/rp/callback/demo")
@locked
def callback(environment: Environment) -> ResponseReturnValue:
    """Back from the partner: linked already, to be linked, to be confirmed, or refused."""
    same_origin(environment)
    flow, outcome = _flow(environment), request.form.get("outcome", "")
    user = environment.users.find("sharedTestUser")
    opened = None
    if outcome == "linked" and user is not None:
        opened = attach(environment, flow, user, current_session(environment))
        flow.add_method("ext")
        flow.finish_step()
    elif outcome == "confirm" and user is not None:
        opened = attach(environment, flow, user, current_session(environment))
        flow.add_method("ext")
        flow.detour("confirmation")
    elif outcome == "link":
        flow.detour("linking")
    elif outcome == "refused":
        flow.fail("access_denied", "The external identity provider refused the sign-on.")
    else:
        raise invalid("INVALID_VALUE", "Unknown outcome", "outcome")
    settle(environment, flow)
    response = redirect(environment.resume_url(flow) if flow.over else environment.sign_on_page(flow), 303)
    return keep_session(environment, response, opened)  # type: ignore[arg-type]  # Flask types redirect as Werkzeug's


def _flow(environment: Environment) -> Flow:
    flow = environment.find_flow(request.args.get("flowId", ""))
    if flow is None or flow.status != "EXTERNAL_AUTHENTICATION_REQUIRED":
        raise not_found("This sign-on does not wait for an external identity provider.")
    return flow
