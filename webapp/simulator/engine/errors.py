"""PingOne's two families of errors, which a client must not mix up.

Platform errors answer the flows, resume, userinfo and ``pi.flow`` requests; OAuth errors answer the token,
introspection, revocation and PAR endpoints, and travel in the query of the redirect URI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

INVALID = "The request could not be completed. One or more validation errors were in the request."
NO_ACCESS = "You do not have access to this resource."
UNSUPPORTED_MEDIA_TYPE = (
    "The server is refusing to service the request because the entity of the request is in a format not "
    "supported by the requested resource for the requested method."
)


@dataclass(frozen=True)
class Detail:
    """One entry of ``details``."""

    code: str
    message: str
    target: str = ""
    inner: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"code": self.code}
        if self.target:
            body["target"] = self.target
        body["message"] = self.message
        if self.inner:
            body["innerError"] = dict(self.inner)
        return body


class PlatformError(Exception):
    """``{"id", "code", "message", "details": [...]}`` with an HTTP status."""

    def __init__(self, status: int, code: str, message: str, *details: Detail) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": str(uuid4()), "code": self.code, "message": self.message}
        if self.details:
            body["details"] = [detail.to_json() for detail in self.details]
        return body


def invalid(code: str, message: str, target: str = "", **inner: Any) -> PlatformError:
    """400 INVALID_DATA with one detail."""
    return PlatformError(400, "INVALID_DATA", INVALID, Detail(code, message, target, inner))


def not_found(what: str = "The requested resource was not found.") -> PlatformError:
    """404 NOT_FOUND."""
    return PlatformError(404, "NOT_FOUND", what)


def no_access(message: str, code: str = "INVALID_TOKEN", target: str = "", status: int = 401) -> PlatformError:
    """401 or 403 ACCESS_FAILED."""
    return PlatformError(status, "ACCESS_FAILED", NO_ACCESS, Detail(code, message, target))


class OAuthError(Exception):
    """``{"error", "error_description"}``; the description ends with a correlation id, as PingOne's do."""

    def __init__(self, error: str, description: str, status: int = 400, *, basic: bool = False) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
        #: The client tried HTTP Basic: RFC 6749, section 5.2, then wants a WWW-Authenticate header.
        self.basic = basic

    def to_json(self) -> dict[str, str]:
        return {
            "error": self.error,
            "error_description": f"{self.description} (Correlation ID: {uuid4()})",
        }


def unauthorized() -> PlatformError:
    """401 in PingOne's words for a request without a usable access token."""
    return no_access(
        "The authorization token is either missing or invalid, or it has expired.", target="Authentication Credentials"
    )


def invalid_client(reason: str = "Invalid client credentials", *, basic: bool = False) -> OAuthError:
    """401 invalid_client in PingOne's words."""
    return OAuthError("invalid_client", f"Request denied: {reason}", 401, basic=basic)
