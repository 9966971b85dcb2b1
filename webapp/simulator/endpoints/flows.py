"""``/flows/{flow}``: the Flows API."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine.actions import ELSEWHERE, HANDLERS, look, perform
from ..engine.environment import Environment
from ..engine.errors import UNSUPPORTED_MEDIA_TYPE, PlatformError, invalid, not_found, unauthorized
from ..engine.flow import Flow
from ..engine.flow_json import render
from . import faulty
from .answers import current_session, keep_session, locked, refuse_narrow_accept

blueprint = Blueprint("flows", __name__)
_PREFIX, _SUFFIX = "application/vnd.pingidentity.", "+json"


@blueprint.get("/flows/<flow_id>")
@locked
def read(environment: Environment, flow_id: str) -> ResponseReturnValue:
    """200 with the flow, 404 after 15 minutes without any access."""
    refuse_narrow_accept(environment)
    flow = _flow(environment, flow_id)
    if (fault := faulty.answer(environment, flow.fault, "flow")) is not None:
        return fault
    look(environment, flow)
    return jsonify(render(environment, flow))


@blueprint.post("/flows/<flow_id>")
@locked
def act(environment: Environment, flow_id: str) -> ResponseReturnValue:
    """The Content-Type names the action. 200 with the next state, or an error and the state is kept."""
    refuse_narrow_accept(environment)
    flow = _flow(environment, flow_id)
    if (fault := faulty.answer(environment, flow.fault, "flow")) is not None:
        return fault
    opened = perform(environment, flow, _action(), _body(), current_session(environment))
    if environment.switches["flow_id"] == "changed":
        environment.flows.drop(flow.id)
        flow.id = str(uuid4())
        environment.flows.put(flow.id, flow)
    response = jsonify(render(environment, flow))
    return response if flow.fault == "cookie_missing" else keep_session(environment, response, opened)


def _flow(environment: Environment, flow_id: str) -> Flow:
    flow = environment.find_flow(flow_id)
    if flow is None:
        raise not_found()
    return flow


def _action() -> str:
    media_type = request.mimetype
    if media_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise unauthorized()
    # Werkzeug lower-cases the media type, PingOne's names have capitals.
    known = {f"{_PREFIX}{name}{_SUFFIX}".lower(): name for name in [*HANDLERS, *ELSEWHERE, "session.reset"]}
    if media_type not in known:
        raise PlatformError(415, "INVALID_REQUEST", UNSUPPORTED_MEDIA_TYPE)
    return known[media_type]


def _body() -> dict[str, Any]:
    raw = request.get_data()
    try:
        body = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        raise invalid("INVALID_VALUE", "The body is not JSON") from None
    if not isinstance(body, dict):
        raise invalid("INVALID_VALUE", "The body must be a JSON object")
    return body
