"""Transaction approval: a signed request says what the user approves, and the notification says it to the user.

https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorize-transaction-approval-.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: PingOne's names of the notification templates that may be asked for.
TEMPLATES = ("transaction", "strong_authentication")
_LONGEST = 200


@dataclass(frozen=True)
class Transaction:
    """``words``: the question to the user, made of the template's variables. ``context``: for the user's device."""

    words: str
    context: Mapping[str, Any]


def read(template: str, context: str) -> Transaction | None:
    """The transaction of ``pi.template`` and ``pi.clientContext``, JSON objects; None when there is no template.

    Raises ValueError with a reason.
    """
    if not template:
        return None
    told, around = _object("pi.template", template), _object("pi.clientContext", context or "{}")
    name, variables = told.get("name"), told.get("variables", {})
    if name not in TEMPLATES:
        raise ValueError("pi.template names no notification template")
    if not isinstance(variables, dict) or not all(isinstance(each, str | int | float) for each in variables.values()):
        raise ValueError("pi.template must have variables, each a string or a number")
    values = {str(variable): str(value)[:_LONGEST] for variable, value in variables.items()}
    if {"sum", "currency", "recipient"} <= set(values):
        return Transaction(f"Approve {values['sum']} {values['currency']} to {values['recipient']}?", around)
    listed = ", ".join(f"{variable} {value}" for variable, value in values.items())
    return Transaction(f"Approve this? {listed or name}", around)


def _object(name: str, value: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError(f"{name} must be a JSON object") from None
    if not isinstance(found, dict):
        raise ValueError(f"{name} must be a JSON object")
    return found
