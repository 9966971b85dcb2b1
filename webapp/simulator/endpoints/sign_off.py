"""``/as/signoff``, ``/xp/signoff`` and ``/as/idpSignoff``: ending the single sign-on session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ..engine import tokens
from ..engine.applications import Application
from ..engine.environment import Environment
from ..engine.errors import invalid
from ..engine.sessions import Session
from .answers import (
    current_session,
    forget_session,
    found,
    locked,
    nothing,
    origin_of,
    page,
    parameters,
    with_query,
)

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
    onward = _onward(environment, target, state)
    if environment.switches["sign_off"] == "all":
        onward = _tell_others(environment, session, application, onward)
    return forget_session(environment, onward)


@blueprint.route("/xp/signoff", methods=["GET", "POST"])
@locked
def cross_protocol_sign_off(environment: Environment) -> ResponseReturnValue:
    """End the session for the applications of all protocols; only the environment's own list says where to.

    https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorization/get-signoff-cross-protocol.html
    """
    asked = {name: values[0] for name, values in parameters().items()}
    target, session = asked.get("post_logout_redirect_uri", ""), current_session(environment)
    if session is not None:
        environment.sessions.end(session)
    onward = _onward(environment, target if target in environment.sign_off_uris else "", asked.get("state", ""))
    return forget_session(environment, _tell_others(environment, session, None, onward))


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
    if target:
        return _onward(environment, target, request.args.get("state", ""))
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return nothing(204)
    return found(f"{environment.url}/as/signon")


@blueprint.get("/as/signon")
@blueprint.get("/signon/signed-off")
@locked
def signed_off(environment: Environment) -> ResponseReturnValue:
    """PingOne's own last page, for a sign-off that names no other."""
    return page(environment, "signed_off.html")


def _onward(environment: Environment, target: str, state: str) -> Response:
    if not target:
        return found(f"{environment.url}/signon/signed-off")
    return found(with_query(target, [("state", state)] if state else []))


def _tell_others(
    environment: Environment, session: Session | None, caller: Application | None, onward: Response
) -> Response:
    """A page that calls the front-channel URI of the session's other applications, then goes on.

    https://developer.pingidentity.com/pingone-api/platform/applications/logout-settings/index.html
    https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout
    """
    others = session.applications if session is not None else set()
    uris = [
        with_query(each.front_channel_logout_uri, [("iss", environment.issuer), ("sid", session.id if session else "")])
        for each in environment.applications.values()
        if each is not caller and each.client_id in others and each.front_channel_logout_uri
    ]
    if not uris:
        return onward
    response = page(environment, "signing_off.html", uris=uris, onward=onward.location)
    frames = " ".join(sorted({origin_of(uri) for uri in uris}))
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = f"{policy}; frame-src {frames}"
    return response


def _claims(environment: Environment, hint: str) -> dict[str, Any]:
    """The claims of an ID token of this issuer for one of its applications; it may have expired."""
    claims = tokens.read(environment, hint)
    ours = claims is not None and claims.get("iss") == environment.issuer
    enabled = [each.client_id for each in environment.applications.values() if each.enabled]
    if claims is None or not ours or claims.get("aud") not in enabled:
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
    if environment.switches["sign_off_uris"] == "environment":
        return target in environment.sign_off_uris
    candidates = [application] if application is not None else list(environment.applications.values())
    return any(target in each.post_logout_redirect_uris for each in candidates if each.enabled)
