"""What the chosen faults do to tokens and responses."""

from __future__ import annotations

from typing import Any

from .environment import Environment
from .grants import Grant


def id_token_claims(fault: str, claims: dict[str, Any]) -> dict[str, Any]:
    return claims


def sign_id_token(environment: Environment, grant: Grant, claims: dict[str, Any]) -> str | None:
    return None


def response_pairs(environment: Environment, flow: Any, response: dict[str, str]) -> list[tuple[str, str]]:
    return list(response.items())


#: Longer than any client should wait.
SLOW_SECONDS = 15.0


def token_body(fault: str, body: dict[str, Any]) -> dict[str, Any]:
    return body


def userinfo_body(fault: str, body: dict[str, Any]) -> dict[str, Any]:
    return body


def metadata(fault: str, document: dict[str, Any]) -> dict[str, Any]:
    return document
