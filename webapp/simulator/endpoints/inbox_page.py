"""``/inbox``: passcodes and push questions, and a few levers: rotate the key, look at where a fault led."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine.environment import Environment
from ..engine.errors import invalid, not_found
from ..engine.flow_json import timestamp
from ..engine.inbox import Message
from .answers import found, locked, page, same_origin

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/inbox")
@locked
def show(environment: Environment) -> ResponseReturnValue:
    """The newest first; JSON with ``Accept: application/json``."""
    messages = [_described(environment, message) for message in environment.inbox.all()]
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return page(environment, "inbox.html", messages=messages)
    return jsonify({"messages": messages})


@blueprint.post("/inbox/<message_id>")
@locked
def answer(environment: Environment, message_id: str) -> ResponseReturnValue:
    """``answer=approved|denied`` to a push, from the page's form or as JSON."""
    same_origin(environment)
    message = environment.inbox.find(message_id)
    if message is None or not _answerable(environment, message):
        raise not_found("This push is no longer waiting for an answer.")
    body = request.get_json(silent=True) if request.is_json else request.form
    chosen = str(body.get("answer", "")) if hasattr(body, "get") and body is not None else ""
    if chosen not in ("approved", "denied"):
        raise invalid("INVALID_VALUE", "answer must be approved or denied", "answer")
    message.answer = chosen
    if request.is_json:
        return jsonify(_described(environment, message))
    response = found(f"{environment.base_url}/inbox")
    response.status_code = 303
    return response


@blueprint.post("/keys/rotate")
@locked
def rotate(environment: Environment) -> ResponseReturnValue:
    """Sign with a new key; the old one stays published for an hour."""
    same_origin(environment)
    environment.keys.rotate()
    if request.is_json:
        return jsonify(environment.keys.jwks())
    response = found(f"{environment.base_url}/")
    response.status_code = 303
    return response


@blueprint.get("/elsewhere")
@locked
def elsewhere(environment: Environment) -> ResponseReturnValue:
    """Where the fault "resume leads elsewhere" takes a browser."""
    return page(environment, "elsewhere.html")


def _answerable(environment: Environment, message: Message) -> bool:
    flow = environment.flows.get(message.flow_id)
    waiting = flow is not None and flow.push is message and environment.now() < flow.push_until
    return waiting and not message.answer


def _described(environment: Environment, message: Message) -> dict[str, Any]:
    return {
        "id": message.id, "kind": message.kind, "username": message.username, "to": message.to, "text": message.text,
        "code": message.code, "at": timestamp(message.at), "answer": message.answer,
        "answerable": message.kind == "Push" and _answerable(environment, message),
    }
