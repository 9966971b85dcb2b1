"""CORS as each application is set up, and headers for every answer.

An application without ``corsSettings`` has PingOne's older behaviour: scripts of any origin may make most calls, but
not those that hand out codes and tokens. One with settings names its origins, and they may make every call.
"""

from __future__ import annotations

from flask import Flask, Response, request

from ..engine.applications import Application
from . import callers
from .answers import here

#: What PingOne's older behaviour keeps from scripts: whatever codes and tokens come from, or a secret goes to.
_SENSITIVE = ("/as/authorize", "/as/par", "/as/token", "/as/introspect", "/as/revoke", "/as/device_authorization")
#: Calls of no application in particular.
_PUBLIC = ("/as/.well-known/openid-configuration", "/as/jwks")


def register(app: Flask) -> None:
    """Install the hooks."""
    app.before_request(preflight)
    app.after_request(finish)


def preflight() -> Response | None:
    """Answer the browser's question before a call with headers or a media type of its own."""
    if request.method != "OPTIONS" or not _allowed():
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = request.headers.get(
        "Access-Control-Request-Headers", "Content-Type, Authorization"
    )
    response.headers["Access-Control-Max-Age"] = "600"
    return response


def finish(response: Response) -> Response:
    """A concrete origin, never ``*``: such a call brings the ST cookie along."""
    if _is_protocol():
        response.headers.add("Vary", "Origin")
        if _allowed():
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Flow ids are in URLs: other sites must not learn them. Same origin still sees where a form came from.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response


def _is_protocol() -> bool:
    return "/as/" in request.path or "/flows/" in request.path


def _allowed() -> bool:
    origin = request.headers.get("Origin", "")
    if not origin or not _is_protocol():
        return False
    if request.path.endswith(_PUBLIC):
        return True
    environment = here()
    with environment.lock:
        application = callers.application_of(environment)
        # A preflight brings no credentials and no body, so it may not say whose call it announces.
        anybody = application is None and request.method == "OPTIONS"
        asked = list(environment.applications.values()) if anybody else [application]
    return any(each is not None and _lets_in(each, origin) for each in asked)


def _lets_in(application: Application, origin: str) -> bool:
    if application.cors_origins is None:
        return not request.path.endswith(_SENSITIVE)
    return origin in application.cors_origins
