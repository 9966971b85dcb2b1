"""CORS for sign-on pages that call the flows from a browser, and headers for every answer."""

from __future__ import annotations

from flask import Flask, Response, request

from .answers import here

#: Endpoints that PingOne lets scripts of other origins call; authorize and token are not among them.
_OPEN = ("/flows/", "/as/.well-known/openid-configuration", "/as/jwks", "/as/userinfo")


def register(app: Flask) -> None:
    """Install the hooks."""
    app.before_request(preflight)
    app.after_request(finish)


def preflight() -> Response | None:
    """Answer the browser's question before a POST with a vendor media type."""
    if request.method == "OPTIONS" and _open_path() and _allowed(request.headers.get("Origin", "")):
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
        response.headers["Access-Control-Max-Age"] = "600"
        return response
    return None


def finish(response: Response) -> Response:
    """A concrete origin, never ``*``: the sign-on pages send the ST cookie along."""
    origin = request.headers.get("Origin", "")
    if _open_path():
        response.headers.add("Vary", "Origin")
        if _allowed(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Flow ids are in URLs: other sites must not learn them. Same origin still sees where a form came from.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response


def _open_path() -> bool:
    return any(part in request.path for part in _OPEN)


def _allowed(origin: str) -> bool:
    return bool(origin) and any(origin in each.origins for each in here().applications.values())
