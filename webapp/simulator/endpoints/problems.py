"""Errors as PingOne writes them; for a browser as a page."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ..engine.errors import OAuthError, PlatformError
from .answers import here, page, wants_page

_CODES = {404: "NOT_FOUND", 429: "REQUEST_LIMITED", 500: "UNEXPECTED_ERROR"}


def register(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(PlatformError, platform_error)
    app.register_error_handler(OAuthError, oauth_error)
    app.register_error_handler(HTTPException, http_error)


def platform_error(error: PlatformError) -> ResponseReturnValue:
    """JSON, or a page for a browser that prefers one."""
    if wants_page():
        reason = error.details[0].message if error.details else ""
        told = {"code": error.code, "message": error.message, "reason": reason}
        return page(here(), "error.html", status=error.status, error=told)
    response = jsonify(error.to_json())
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="PingOne simulator"'
    return response


def oauth_error(error: OAuthError) -> ResponseReturnValue:
    """RFC 6749, section 5.2."""
    response = jsonify(error.to_json())
    response.status_code = error.status
    response.headers["Cache-Control"] = "no-store"
    if error.basic:
        response.headers["WWW-Authenticate"] = 'Basic realm="PingOne simulator"'
    return response


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses: unknown paths, wrong methods, bodies that are too large."""
    status = error.code or 500
    code = _CODES.get(status, "INVALID_REQUEST")
    answer = platform_error(PlatformError(status, code, error.description or error.name))
    assert isinstance(answer, Response)  # noqa: S101  (both branches above make one)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers["Allow"] = value
    return answer
