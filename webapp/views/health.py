"""Is it alive, and could it sign anybody on?"""

import logging

from flask import Blueprint, Response, jsonify, make_response

from ..store.protocol import StoreUnavailable
from .context import services
from .marks import probe

pages = Blueprint("health", __name__)
log = logging.getLogger("webapp")


@pages.get("/healthz")
@probe
def healthz() -> Response:
    """The process answers. Touches nothing: a restart would not bring back a store that is down."""
    return jsonify(alive=True)


@pages.get("/readyz")
@probe
def readyz() -> Response:
    """200 when this server can serve, else 503; and the names of what is failing.

    Anybody may ask, so it writes one row and asks PingOne nothing: whether PingOne answers is known from the calls of
    visitors. Without PingOne the server stays in use: to take it out would not bring PingOne back, and those who are
    signed on need nothing of it. Addresses and causes are in the log.
    """
    held, ok, failing = services(), [], {}
    try:
        held.store.probe()
        ok.append("store")
    except StoreUnavailable as error:
        failing["store"] = "cannot be written"
        log.error("not ready, store unavailable: %s", error)
    if held.transport.silent(held.settings.auth_base_url):
        failing["pingone"] = "gave no answer lately"
        log.warning("no answer lately from %s", held.settings.auth_base_url)
    else:
        ok.append("pingone")
    return make_response(jsonify(ok=ok, failing=failing), 503 if "store" in failing else 200)
