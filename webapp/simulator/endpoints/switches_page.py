"""``/switches``: which rules are in force, and which reading of what is in doubt, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine.environment import Environment
from ..engine.errors import PlatformError, invalid
from ..engine.switches import CATALOGUE
from .answers import found, locked, page, same_origin, wants_page

blueprint = Blueprint("switches", __name__)


@blueprint.get("/switches")
@locked
def show(environment: Environment) -> ResponseReturnValue:
    """The readings; JSON unless a browser asks."""
    if wants_page():
        return page(environment, "switches.html", switches=CATALOGUE, chosen=environment.switches)
    return jsonify(_state(environment))


@blueprint.post("/switches")
@locked
def choose(environment: Environment) -> ResponseReturnValue:
    """``{"<switch>": "<reading>", ...}`` as JSON or as a form. Nothing changes when one of them is unknown."""
    same_origin(environment)
    asked = request.get_json(silent=True) if request.is_json else request.form
    if not isinstance(asked, Mapping):
        raise PlatformError(400, "INVALID_REQUEST", "The body must be a JSON object.")
    known = {switch.name: switch.readings for switch in CATALOGUE}
    for name, reading in asked.items():
        if name not in known or not isinstance(reading, str) or reading not in known[name]:
            raise invalid("INVALID_VALUE", "There is no such switch or reading", str(name)[:80])
    for name, reading in asked.items():
        environment.switches.choose(name, reading)
    if request.is_json:
        return jsonify(_state(environment))
    response = found(f"{environment.base_url}/switches")
    response.status_code = 303
    return response


def _state(environment: Environment) -> dict[str, object]:
    return {
        "chosen": environment.switches.to_json(),
        "switches": [
            {"name": each.name, "title": each.title, "readings": dict(each.readings)} for each in CATALOGUE
        ],
    }
