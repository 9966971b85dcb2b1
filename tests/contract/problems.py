"""The two shapes of an error. A test that meets an error goes through here, so the shape is checked each time."""

import re
from typing import Any
from uuid import UUID

from requests import Response

_CORRELATION = re.compile(r"(?P<words>.*) \(Correlation ID: (?P<id>[0-9a-f-]{36})\)\Z", re.DOTALL)


def platform_error(response: Response) -> dict[str, Any]:
    """``{"id", "code", "message"[, "details"]}``, checked."""
    return as_platform_error(response.json())


def as_platform_error(told: dict[str, Any]) -> dict[str, Any]:
    """The same for one that came another way."""
    assert set() == set(told) - {"id", "code", "message", "details"}
    assert str(UUID(told["id"])) == told["id"]
    assert told["code"] == told["code"].upper()
    assert told["message"]
    for detail in told.get("details", []):
        assert {"code", "message"} <= set(detail) <= {"code", "message", "target", "innerError"}
    return told


def detail(response: Response, status: int = 400) -> dict[str, Any]:
    """The first detail of a platform error with this status."""
    assert status == response.status_code, response.text
    return dict(platform_error(response)["details"][0])


def oauth_error(response: Response, status: int = 400) -> tuple[str, str]:
    """Error and description without the correlation id, both checked."""
    assert status == response.status_code, response.text
    told = response.json()
    assert {"error", "error_description"} == set(told)
    described = _CORRELATION.match(told["error_description"])
    assert described is not None, told
    assert str(UUID(described["id"])) == described["id"]
    return told["error"], described["words"]
