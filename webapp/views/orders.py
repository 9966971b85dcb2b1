"""Pages that call an API for the visitor, and bring what the API says is missing."""

import logging

from flask import Response, abort, jsonify, make_response, render_template

from ..oidc.access import Wanted
from ..oidc.resource_server import ANYTHING, TokenNotAccepted
from ..signon.api_calls import READ, ApiSilent
from . import logs
from .context import services, session_record, signed_in
from .guards import bring, guarded_pages, wants
from .marks import acts_on_get
from .session import wants_json

pages = guarded_pages("orders")


@pages.before_request
def _only_with_an_api() -> None:
    """Where there is no API nobody is asked to sign on, or for a scope: the page would not be there afterwards."""
    if services().orders is None:
        abort(404)


@pages.get("/orders")
@acts_on_get
@wants(Wanted(scope=READ))
def orders() -> Response:
    """The visitor's orders."""
    return _called("/orders", "orders")


@pages.get("/orders/invoices")
@acts_on_get
@wants(Wanted(scope=READ))
def invoices() -> Response:
    """The invoices: the API wants a second factor, and only the API knows that."""
    return _called("/orders/invoices", "invoices")


def _called(path: str, what: str) -> Response:
    person, api = signed_in(), services().orders
    if api is None or person is None:
        abort(404)
    try:
        body = api.get(person, session_record(), path)
    except TokenNotAccepted as refused:
        if refused.wanted == ANYTHING or refused.check is None:
            raise
        return bring(person, refused.wanted, refused.check)
    except ApiSilent as failure:
        logs.event("api_silent", logging.WARNING, detail=str(failure))
        return make_response(render_template("orders.html", what=what, rows=[], silent=True, api=api.url), 502)
    found = body.get(what)
    rows = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if wants_json():
        return jsonify({what: rows})
    return make_response(render_template("orders.html", what=what, rows=rows, silent=False, api=api.url))
