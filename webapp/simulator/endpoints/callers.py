"""Whose call it is: the application that a request speaks for, before anything of it is verified."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import unquote_plus

from flask import request

from ..engine.applications import Application
from ..engine.environment import Environment
from ..engine.flow import Flow


def application_of(environment: Environment) -> Application | None:
    """The application of the current request, by what it brings along; None when it names none.

    Good for CORS alone: what is read here nobody has proved.
    """
    flow = _flow(environment)
    if flow is not None:
        return environment.applications.get(flow.request.application.client_id)
    return environment.applications.get(_client_id(environment))


def _flow(environment: Environment) -> Flow | None:
    flow_id = request.args.get("flowId", "")
    if "/flows/" in request.path:
        flow_id = request.path.rpartition("/")[2]
    return environment.flows.get(flow_id) if flow_id else None


def _client_id(environment: Environment) -> str:
    if named := request.values.get("client_id"):
        return named
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        return unquote_plus(_decoded(credentials).partition(":")[0])
    if scheme.casefold() == "bearer":
        return str(_claims(credentials).get("client_id", ""))
    hint = _claims(request.values.get("id_token_hint", "")).get("aud")
    return str(hint or _claims(request.values.get("client_assertion", "")).get("iss", ""))


def _claims(token: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded([*token.split("."), ""][1]))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(value: str) -> str:
    try:
        return base64.urlsafe_b64decode(value.strip() + "=" * (-len(value.strip()) % 4)).decode("utf-8")
    except ValueError:
        return ""
