"""HTTP answers of faults that replace an endpoint's answer altogether."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, jsonify, make_response, request

from ..engine.environment import Environment
from ..engine.errors import Detail, PlatformError, invalid_client, not_found
from . import problems
from .answers import found, with_query

_PAGE = "<!doctype html><html lang=\"en\"><title>Sign in to the network</title><h1>Sign in to the network</h1></html>"


def answer(environment: Environment, fault: str, endpoint: str) -> Response | None:
    """The answer that ``fault`` gives at ``endpoint``; None when it has nothing to say there."""
    make = _ANSWERS.get((fault, endpoint))
    return make(environment) if make is not None else None


def _fails(environment: Environment) -> Response:
    return _platform(PlatformError(500, "UNEXPECTED_ERROR", "An unexpected error occurred."))


def _html(environment: Environment) -> Response:
    return Response(_PAGE, mimetype="text/html")


def _throttled(environment: Environment) -> Response:
    detail = Detail("LIMIT_EXCEEDED", "Too many requests")
    response = _platform(PlatformError(429, "REQUEST_LIMITED", "The request rate limit was exceeded.", detail))
    response.headers["Retry-After"] = "30"
    return response


def _gone(environment: Environment) -> Response:
    return _platform(not_found())


def _client_refused(environment: Environment) -> Response:
    refusal = invalid_client()
    response = jsonify(refusal.to_json())
    response.status_code = refusal.status
    return response


def _elsewhere(environment: Environment) -> Response:
    """Away from the registered redirect URI, with something that looks like a code."""
    pairs = [("code", "00000000-0000-4000-8000-000000000000"), *request.args.items()]
    return found(with_query(f"{environment.base_url}/elsewhere", pairs))


def _redirected(environment: Environment) -> Response:
    """307 would make a client that follows it repeat the code, the verifier and the secret elsewhere."""
    response = found(f"{environment.base_url}/elsewhere")
    response.status_code = 307
    return response


def _platform(error: PlatformError) -> Response:
    """JSON for a program, a page for a browser that was led here."""
    return make_response(problems.platform_error(error))


_ANSWERS: dict[tuple[str, str], Callable[[Environment], Response]] = {
    ("token_500", "token"): _fails,
    ("token_html", "token"): _html,
    ("token_429", "token"): _throttled,
    ("token_redirect", "token"): _redirected,
    ("invalid_client", "token"): _client_refused,
    ("flow_not_found", "flow"): _gone,
    ("flow_html", "flow"): _html,
    ("flow_429", "flow"): _throttled,
    ("resume_elsewhere", "resume"): _elsewhere,
    ("resume_html", "resume"): _html,
    ("resume_500", "resume"): _fails,
    ("userinfo_500", "userinfo"): _fails,
    ("userinfo_html", "userinfo"): _html,
    ("discovery_html", "discovery"): _html,
    ("keys_500", "keys"): _fails,
}
