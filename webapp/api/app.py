"""A small API, whole: every request shows an access token, and every refusal says in a header what would help.

It knows the provider and no session: who calls is what the token says. Copied, it needs `webapp/oidc` alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, jsonify, make_response, request

from ..oidc.access import Wanted
from ..oidc.errors import SignOnError
from ..oidc.http import HttpClient
from ..oidc.resource_server import ResourceServer, TokenNotAccepted

REALM = "orders"
READ = "orders:read"
FRESH = 300
"""Seconds that a second factor counts, where one is wanted."""
View = TypeVar("View", bound=Callable[..., Any])


def create_api(
    server: ResourceServer, open_http: Callable[[], HttpClient], now: Callable[[], float], step_up_acr: str
) -> Flask:
    """Return the WSGI application. `now`: seconds since 1970, UTC; `step_up_acr`: the policy with a second factor."""
    api = Flask("orders", static_folder=None)
    api.json.sort_keys = False  # type: ignore[attr-defined]

    def needs(wanted: Wanted) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            @wraps(view)
            def guarded() -> Any:
                return view(server.accepted(open_http(), request.headers.get("Authorization"), wanted, now))

            return guarded  # type: ignore[return-value]

        return decorate

    @api.get("/orders")
    @needs(Wanted(scope=READ))
    def orders(claims: dict[str, Any]) -> Response:
        return jsonify(orders=orders_of(str(claims["sub"])))

    @api.get("/orders/invoices")
    @needs(Wanted(scope=READ, acr_values=step_up_acr, max_age=FRESH))
    def invoices(claims: dict[str, Any]) -> Response:
        return jsonify(invoices=[{"id": each["id"], "total": "19.90"} for each in orders_of(str(claims["sub"]))])

    @api.errorhandler(TokenNotAccepted)
    def refused(error: TokenNotAccepted) -> Response:
        answer = make_response(jsonify(error=error.error or "no_token", error_description=error.detail), error.status)
        answer.headers["WWW-Authenticate"] = error.challenge(REALM)
        return answer

    @api.errorhandler(SignOnError)
    def undecided(error: SignOnError) -> Response:
        """Keys or introspection cannot be had: nothing was decided, so nothing is said about the token."""
        return make_response(jsonify(error="temporarily_unavailable"), 503)

    @api.after_request
    def private(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return api


def orders_of(subject: str) -> list[dict[str, str]]:
    """Return this person's orders: a few of a demonstration's, the same each time."""
    return [
        {"id": f"{subject[:8]}-{number}", "what": what}
        for number, what in enumerate(("A kettle", "Two cups", "Tea"), start=1)
    ]
