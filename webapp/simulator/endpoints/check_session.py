"""``/as/checksession``: the frame that an application asks whether the session has changed."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from ..engine.environment import Environment
from ..engine.session_state import browser_state
from .answers import current_session, locked

blueprint = Blueprint("check_session", __name__)


@blueprint.get("/as/checksession")
@locked
def frame(environment: Environment) -> ResponseReturnValue:
    """A page for the applications' own to frame; there is nothing on it to click."""
    policy = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors *"
    body = render_template("check_session.html", script=f"{environment.base_url}/static/check-session.js")
    return body, 200, {"Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"}


@blueprint.get("/as/checksession/state")
@locked
def state(environment: Environment) -> ResponseReturnValue:
    """For that page's script: the state of the session whose cookie came along."""
    return jsonify({"state": browser_state(current_session(environment))})
