"""Is it alive, and could it sign anybody on?"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, make_response

from ..oidc.errors import SignOnError
from ..store.protocol import StoreUnavailable
from .context import services

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> Response:
    """The process answers. Touches nothing: a store that is down is no reason to be killed and started again."""
    return jsonify(alive=True)


@pages.get("/readyz")
def readyz() -> Response:
    """200 when a sign-on could work now, else 503 with the reasons."""
    party = services().sign_on.party
    probes: dict[str, Callable[[], Any]] = {
        "store": services().store.ping,
        "metadata": party.provider.get,
        "keys": party.keys.get,
    }
    ok, failing = [], {}
    for name, probe in probes.items():
        try:
            probe()
            ok.append(name)
        except SignOnError as error:
            failing[name] = f"{error.code}: {error.detail or error.sentence}"
        except StoreUnavailable as error:
            failing[name] = str(error)
    return make_response(jsonify(ok=ok, failing=failing), 503 if failing else 200)
