"""Whose environment a request is about, when the visitors of a shared simulator have one each."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import cast

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from ..engine.environment import Environment
from ..engine.errors import PlatformError
from ..engine.worlds import HouseFull, Worlds
from .answers import SESSION_COOKIE, SIBLING_COOKIE, forget_session, found, same_origin

blueprint = Blueprint("visitors", __name__)
EXTENSION = "pingone-simulator"
#: The key of the WSGI environment under which a server that runs the simulator within itself names the visitor on whose
#: behalf it calls. It is no header: nobody can send it.
VISITOR = "pingone_simulator.visitor"
#: Beside it: discovery or keys are fetched for this visitor alone, and nobody else gets the answer.
OWN_METADATA = "pingone_simulator.own_metadata"
#: Requests without a name that open an environment; any other looks at everybody's, in which nothing happens.
_OPENING = ("authorization.authorize", "faults.choose", "switches.choose", "inbox.rotate", "visitors.start_over")
_FULL = (
    "Each visitor of this simulator has an environment of their own, and all of them, or all that an address may have, "
    "are in use. Please try again in ten minutes, or run the simulator on your own computer, where it is yours alone."
)
#: What an application's server fetches once for all its visitors must not depend on one of them.
_EVERYBODYS = ("metadata.discovery", "metadata.jwks", "static")


def register(app: Flask, worlds: Worlds) -> None:
    """Choose the environment before every request; keep the visitor's name after it."""
    app.extensions[EXTENSION] = worlds
    app.before_request(choose)
    app.after_request(keep_name)
    app.register_blueprint(blueprint)


def worlds() -> Worlds:
    """The environments of the application that serves this request."""
    return cast(Worlds, current_app.extensions[EXTENSION])


def cookie_name(base_url: str) -> str:
    """The cookie with the visitor's name. No other host of the same domain can set one that begins with __Host-."""
    return "__Host-pingone-simulator" if base_url.startswith("https://") else "pingone-simulator"


def choose() -> None:
    """Set ``g.environment``. A full house raises PlatformError 403, whose words applications show."""
    held = worlds()
    g.environment, g.name = held.everybodys, ""
    if held.shared and (request.endpoint not in _EVERYBODYS or request.environ.get(OWN_METADATA)):
        try:
            g.environment = _environment(held)
        except HouseFull:
            raise PlatformError(403, "REQUEST_LIMITED", _FULL) from None


def _environment(held: Worlds) -> Environment:
    name = request.environ.get(VISITOR) or request.cookies.get(cookie_name(held.everybodys.base_url), "")
    starting = request.endpoint == "authorization.authorize"
    # A flow, a code or a token says by itself whose it is: a server that comes with one has no visitor's cookie.
    environment = None if starting else held.holding(_identifiers())
    environment = environment or held.find(name) or held.holding(_sessions())
    if environment is None and request.endpoint in _OPENING and request.method != "OPTIONS":
        g.name, environment = held.open(request.remote_addr or "")
    return environment or held.everybodys


def _identifiers() -> Iterator[str]:
    """Every name in the request that may be one of a flow, a code, a token or a session."""
    yield str((request.view_args or {}).get("flow_id", ""))
    yield request.args.get("flowId", "")
    bearer = request.headers.get("Authorization", "").partition(" ")[2]
    form = request.form
    for value in (form.get("code"), form.get("refresh_token"), form.get("token"), bearer):
        if value:
            yield value
            yield from _inside(value)


def _sessions() -> Iterator[str]:
    """What says whose session it is where no visitor is named: a hint must not lead a browser elsewhere."""
    yield request.cookies.get(SESSION_COOKIE, "")
    yield request.cookies.get(SIBLING_COOKIE, "")
    yield from _inside(request.values.get("id_token_hint", ""))


def _inside(token: str) -> Iterator[str]:
    """The names inside a JWT. Nothing is believed: they only say where to look, and there the signature is checked."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        yield from (str(claims[name]) for name in ("jti", "sid") if name in claims)
    except (IndexError, TypeError, ValueError, RecursionError):
        return


def keep_name(response: Response) -> Response:
    """Give a new visitor's browser the name. Lax: it comes along when an application sends the browser here."""
    if g.get("name"):
        base_url = g.environment.base_url
        response.set_cookie(
            cookie_name(base_url), g.name, path="/", httponly=True, samesite="Lax",
            secure=base_url.startswith("https://"),
        )
    return response


@blueprint.post("/start-over")
def start_over() -> ResponseReturnValue:
    """Throw this visitor's environment away: users, inbox, faults, sessions are as at the beginning."""
    environment: Environment = g.environment
    same_origin(environment)
    held = worlds()
    if held.shared and not g.name:
        held.close(request.cookies.get(cookie_name(environment.base_url), ""))
        g.name, g.environment = held.open(request.remote_addr or "")
    response = found(f"{environment.base_url}/")
    response.status_code = 303
    return forget_session(environment, response)
