"""``/as/signoff`` and ``/as/idpSignoff``: ending the single sign-on session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ..engine import tokens
from ..engine.applications import Application
from ..engine.environment import Environment
from ..engine.errors import invalid
from ..engine.sessions import Session
from .answers import current_session, forget_session, found, locked, page, parameters, with_query

blueprint = Blueprint("sign_off", __name__)
#: Characters of post_logout_redirect_uri and state together.
LONGEST = 8_192


@blueprint.route("/as/signoff", methods=["GET", "POST"])
@locked
def sign_off(environment: Environment) -> ResponseReturnValue:
    """End the session of the ST cookie, then 302 to a registered page. Nothing ends when a parameter is wrong."""
    asked = {name: values[0] for name, values in parameters().items()}
    target, state = asked.get("post_logout_redirect_uri", ""), asked.get("state", "")
    if len(target) + len(state) >= LONGEST:
        raise invalid("SIZE_LIMIT_EXCEEDED", "post_logout_redirect_uri and state are too long", "state")
    session = current_session(environment)
    application = _hinted(environment, asked.get("id_token_hint", ""), session)
    if target and not _registered(environment, target, application):
        raise invalid("INVALID_VALUE", "post_logout_redirect_uri is not registered", "post_logout_redirect_uri")
    if session is not None:
        environment.sessions.end(session)
    return forget_session(environment, _onward(environment, target, state))


@blueprint.get("/as/idpSignoff")
@locked
def idp_sign_off(environment: Environment) -> ResponseReturnValue:
    """End the session named by an ID token; no cookie is needed, so an application's server may call it."""
    hint, target = request.args.get("id_token_hint", ""), request.args.get("post_logout_redirect_uri", "")
    if not hint:
        raise invalid("REQUIRED_VALUE", "id_token_hint is required", "id_token_hint")
    claims = _claims(environment, hint)
    application = environment.applications[claims["aud"]]
    if request.args.get("client_id", application.client_id) != application.client_id or not application.idp_signoff:
        raise invalid("INVALID_VALUE", "The application may not use this endpoint", "client_id")
    if target and not _registered(environment, target, application):
        raise invalid("INVALID_VALUE", "post_logout_redirect_uri is not registered", "post_logout_redirect_uri")
    session = environment.sessions.by_id(str(claims.get("sid", "")))
    if session is not None:
        environment.sessions.end(session)
    if not target and request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return Response(status=204)
    return _onward(environment, target, request.args.get("state", ""))


@blueprint.get("/signon/signed-off")
@locked
def signed_off(environment: Environment) -> ResponseReturnValue:
    """PingOne's own last page, for a sign-off that names no other."""
    return page(environment, "signed_off.html")


def _onward(environment: Environment, target: str, state: str) -> Response:
    if not target:
        return found(f"{environment.url}/signon/signed-off")
    return found(with_query(target, [("state", state)] if state else []))


def _claims(environment: Environment, hint: str) -> dict[str, Any]:
    """The claims of an ID token of this issuer for one of its applications; it may have expired."""
    claims = tokens.read(environment, hint)
    ours = claims is not None and claims.get("iss") == environment.issuer
    if claims is None or not ours or claims.get("aud") not in list(environment.applications):
        raise invalid("INVALID_VALUE", "id_token_hint was not issued here", "id_token_hint")
    return claims


def _hinted(environment: Environment, hint: str, session: Session | None) -> Application | None:
    if not hint:
        return None
    claims = _claims(environment, hint)
    if session is not None and claims.get("sub") != session.user.id:
        raise invalid("INVALID_VALUE", "id_token_hint is of another user", "id_token_hint")
    return environment.applications[claims["aud"]]


def _registered(environment: Environment, target: str, application: Application | None) -> bool:
    candidates = [application] if application is not None else list(environment.applications.values())
    return any(target in each.post_logout_redirect_uris for each in candidates)


