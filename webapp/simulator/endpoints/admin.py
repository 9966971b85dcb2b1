"""``/simulator/admin/...``: what a test does to the simulator, for tests in any language. Closed unless asked for."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from ..control import Control
from ..engine.applications import Application
from ..engine.errors import PlatformError, no_access
from .home import described

_EXTENSION = "pingone-simulator-admin"
_FOREIGN = "The admin API answers programs on this computer only"


def register(app: Flask) -> None:
    """Open the API, below ``/simulator/admin`` alone and below ``/admin`` where the simulator is mounted."""
    app.extensions[_EXTENSION] = Control(app)
    for prefix in ("/admin", "/simulator/admin"):
        app.register_blueprint(_blueprint(prefix.strip("/").replace("/", "_")), url_prefix=prefix)


def _blueprint(name: str) -> Blueprint:
    admin = Blueprint(name, __name__)
    admin.before_request(from_here)
    for path, methods, view in (
        ("/", ["GET"], show), ("/users", ["POST"], add_user), ("/applications", ["POST"], add_application),
        ("/policies", ["POST"], add_policy), ("/fault", ["PUT", "DELETE"], fault), ("/clock", ["PUT"], clock),
        ("/switch", ["PUT"], switch),
        ("/inbox", ["GET"], inbox), ("/sign-ons", ["POST"], sign_on), ("/reset", ["POST"], reset),
    ):
        admin.add_url_rule(path, view_func=view, methods=methods)
    return admin


def from_here() -> None:
    """Refuse other computers, and browsers: a page that somebody visits must not reach what is open to programs.

    A browser labels its requests with Origin or Sec-Fetch-Site. The host is looked at because a stranger's name may be
    made to lead to this computer (DNS rebinding).
    """
    browser = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    host = urlsplit(f"//{request.host}").hostname or ""
    if browser or not _loopback(request.remote_addr or "") or not (host == "localhost" or _loopback(host)):
        raise no_access(_FOREIGN, "INSUFFICIENT_PERMISSIONS", status=403)


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _control() -> Control:
    control: Control = current_app.extensions[_EXTENSION]
    return control


def _asked(*required: str) -> dict[str, Any]:
    """The members of the body by their names in Python."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise _refused("The body must be a JSON object, sent as application/json")
    asked = {_snake(name): value for name, value in body.items()}
    missing = [name for name in required if name not in asked]
    if missing:
        raise _refused(f"{', '.join(missing)} is required")
    return asked


def _snake(name: str) -> str:
    name = {"tokenEndpointAuthMethod": "tokenAuthMethod"}.get(name, name)
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _refused(why: object) -> PlatformError:
    return PlatformError(400, "INVALID_REQUEST", f"{why}.")


def _made(body: dict[str, Any]) -> tuple[Response, int]:
    return jsonify(body), 201


def _done() -> Response:
    return Response(status=204)


def show() -> ResponseReturnValue:
    """Where everything is, and every application."""
    control = _control()
    return jsonify({
        "baseUrl": control.base_url, "issuer": control.issuer, "environmentId": control.environment_id,
        "password": control.password, "applications": [described(each) for each in control.applications.values()],
    })


def add_user() -> ResponseReturnValue:
    """``{"username", ...}``: see ``Control.add_user``."""
    try:
        user = _control().add_user(**_asked("username"))
    except (ValueError, TypeError) as why:
        raise _refused(why) from None
    return _made({"id": user.id, "username": user.username, "email": user.email})


def add_application() -> ResponseReturnValue:
    """``{"name", "redirectUris", ...}``: see ``Control.add_application``."""
    try:
        made: Application = _control().add_application(**_asked("name", "redirect_uris"))
    except (ValueError, TypeError) as why:
        raise _refused(why) from None
    return _made(described(made))


def add_policy() -> ResponseReturnValue:
    """``{"name", "steps"}``."""
    try:
        policy = _control().add_policy(**_asked("name", "steps"))
    except (ValueError, TypeError) as why:
        raise _refused(why) from None
    return _made({"name": policy.name, "steps": list(policy.steps)})


def fault() -> ResponseReturnValue:
    """PUT ``{"name", "mode"}``: ``next`` or ``until-cleared``. DELETE clears it."""
    if request.method == "DELETE":
        _control().clear_fault()
        return _done()
    try:
        _control().choose_fault(**_asked("name"))
    except (ValueError, TypeError) as why:
        raise _refused(why) from None
    return _done()


def switch() -> ResponseReturnValue:
    """``{"name", "reading"}``: see the page /switches."""
    try:
        _control().switch(**_asked("name", "reading"))
    except (ValueError, TypeError) as why:
        raise _refused(why) from None
    return _done()


def clock() -> ResponseReturnValue:
    """``{"now": seconds since 1970}`` or ``{"move": seconds}``."""
    asked = _asked()
    for name, use in (("now", _control().set_clock), ("move", _control().move_clock)):
        value = asked.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e11:
            use(value)
            return _done()
    raise _refused("now or move is required, a number of seconds")


def inbox() -> ResponseReturnValue:
    """The messages, newest first."""
    return jsonify({"messages": _control().inbox()})


def sign_on() -> ResponseReturnValue:
    """``{"authorizationUrl", "username", "password"}``: ``{"location"}``, where a browser would end up."""
    try:
        return jsonify({"location": _control().sign_on(**_asked("authorization_url"))})
    except (ValueError, TypeError) as why:
        raise _refused(why) from None


def reset() -> ResponseReturnValue:
    """Everything as it was at the start."""
    _control().reset()
    return _done()
