"""``/faults``: choose what goes wrong, as a page and as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine.environment import Environment
from ..engine.errors import PlatformError, invalid
from ..engine.fault_catalogue import BY_NAME, CATALOGUE, GROUPS, OF_ONE_VISITOR
from ..engine.faults import MODES, NEXT, UNTIL_CLEARED, Fault
from .answers import found, locked, origin_of, page, same_origin, wants_page
from .visitors import worlds

blueprint = Blueprint("faults", __name__)


@blueprint.get("/faults")
@locked
def show(environment: Environment) -> ResponseReturnValue:
    """The list; JSON unless a browser asks."""
    if wants_page():
        board = environment.faults
        offered = _offered()
        groups = [group for group in GROUPS if any(each.group == group for each in offered)]
        lasting = request.args.get("mode") == UNTIL_CLEARED
        return page(
            environment, "faults.html", groups=groups, faults=offered, chosen=board.chosen, mode=board.mode,
            choosing=UNTIL_CLEARED if lasting else NEXT,
        )
    return jsonify(_state(environment))


@blueprint.post("/faults")
@locked
def choose(environment: Environment) -> ResponseReturnValue:
    """``{"fault", "mode"}`` or ``{"clear": true}`` as JSON, or a form with the same fields and ``return_to``."""
    origins = {origin for each in environment.applications.values() for origin in each.origins}
    same_origin(environment, origins)
    asked = _asked()
    if asked.get("clear"):
        environment.faults.clear()
    else:
        fault, mode = BY_NAME.get(str(asked.get("fault", ""))), str(asked.get("mode") or NEXT)
        if fault is None or fault not in _offered():
            raise invalid("INVALID_VALUE", "There is no fault of that name", "fault")
        if mode not in MODES:
            raise invalid("INVALID_VALUE", f"mode must be one of {', '.join(MODES)}", "mode")
        environment.faults.choose(fault, mode)
    if request.is_json:
        return jsonify(_state(environment))
    return _back(environment, str(asked.get("return_to", "")), origins)


def _offered() -> tuple[Fault, ...]:
    held = worlds()
    return OF_ONE_VISITOR if held.shared and not held.named else CATALOGUE


def _asked() -> dict[str, Any]:
    if not request.is_json:
        return dict(request.form.items())
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise PlatformError(400, "INVALID_REQUEST", "The body must be a JSON object.")
    return body


def _back(environment: Environment, wanted: str, origins: set[str]) -> Response:
    """To the page of the application that asked, when it is on a registered origin; else to the list."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    target = wanted if plain and origin_of(wanted) in origins else f"{environment.base_url}/faults"
    response = found(target)
    response.status_code = 303
    return response


def _state(environment: Environment) -> dict[str, Any]:
    chosen = environment.faults.chosen
    return {
        "chosen": {"fault": chosen.name, "mode": environment.faults.mode} if chosen else None,
        "faults": [
            {"name": each.name, "title": each.title, "what": each.what, "refusal": each.refusal, "group": each.group}
            for each in _offered()
        ],
    }
