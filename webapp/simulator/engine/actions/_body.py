"""Reading the members of an action's body."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from ..environment import Environment
from ..errors import PlatformError, invalid
from ..flow import Flow

#: Attempts at passcodes and recovery codes in one flow, resent ones included.
MOST_ATTEMPTS = 3


def text(body: Mapping[str, Any], name: str, *, limit: int = 1_024) -> str:
    """A required string member."""
    value = body.get(name)
    if value is None or value == "":
        raise invalid("REQUIRED_VALUE", f"{name} is required", name)
    if not isinstance(value, str):
        raise invalid("INVALID_VALUE", f"{name} must be a string", name)
    if len(value) > limit:
        raise invalid("SIZE_LIMIT_EXCEEDED", f"{name} is too long", name)
    return value


def check_code(environment: Environment, flow: Flow, given: str, target: str, refusal: str) -> bool:
    """Whether the code that was sent came back. False when the last attempt failed: the flow is FAILED then.

    Raises PlatformError while attempts are left; a code that has expired counts as wrong and reads the same.
    """
    code = flow.code
    if code is not None and code.expires_at > environment.now() and _same(given, code.value):
        return True
    flow.wrong_codes += 1
    if flow.wrong_codes >= MOST_ATTEMPTS:
        flow.fail(refusal, "Too many wrong codes were entered.")
        return False
    raise _wrong(refusal, target)


def _wrong(refusal: str, target: str) -> PlatformError:
    return invalid(refusal, "The code is invalid or has expired", target)


def _same(given: str, value: str) -> bool:
    return hmac.compare_digest(given.strip().encode(), value.encode())
