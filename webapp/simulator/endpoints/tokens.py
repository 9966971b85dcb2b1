"""``/as/token``, ``/as/userinfo``, ``/as/introspect``, ``/as/revoke``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine import fault_effects, token_requests, tokens
from ..engine.applications import CUSTOM_SCOPE
from ..engine.client_authentication import authenticate
from ..engine.environment import Environment
from ..engine.errors import NO_ACCESS, Detail, OAuthError, PlatformError, no_access, unauthorized
from ..engine.grants import AccessRow, RefreshRow
from . import faulty
from .answers import here, locked
from .oauth_form import read_form

blueprint = Blueprint("tokens", __name__)


@blueprint.post("/as/token")
def token() -> ResponseReturnValue:
    """Tokens for a code or a refresh token."""
    environment = here()
    with environment.lock:
        fault = _fault(environment)
    if fault == "token_slow":
        # Outside the lock: one slow answer must not stop everybody else.
        environment.sleep(fault_effects.SLOW_SECONDS)
    if (canned := faulty.answer(environment, fault, "token")) is not None:
        return canned
    with environment.lock:
        form = read_form()
        application = authenticate(environment, form, request.headers.get("Authorization", ""))
        body = token_requests.answer(environment, application, form)
    return _uncached(jsonify(fault_effects.token_body(fault, body)))


def _fault(environment: Environment) -> str:
    row = environment.grants.find_code(request.form.get("code", ""))
    return row.grant.fault if row is not None and not row.used else ""


def _uncached(response: Response) -> Response:
    # https://www.rfc-editor.org/rfc/rfc6749#section-5.1
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


@blueprint.route("/as/userinfo", methods=["GET", "POST"])
@locked
def userinfo(environment: Environment) -> ResponseReturnValue:
    """The claims that the token's scopes allow; errors are platform errors with a Bearer challenge."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not bearer:
        raise unauthorized()
    claims, row = _access_token(environment, bearer.strip())
    if claims is None or row is None or _ended(environment, row):
        raise unauthorized()
    if claims["exp"] <= environment.now():
        expired = Detail("INVALID_VALUE", "Access token expired", "access_token")
        raise PlatformError(401, "ACCESS_FAILED", NO_ACCESS, expired)
    if "openid" not in row.scope:
        raise no_access("The openid scope is required", "INSUFFICIENT_PERMISSIONS", "scope", 403)
    if (canned := faulty.answer(environment, row.grant.fault, "userinfo")) is not None:
        return canned
    user = row.grant.user
    body: dict[str, Any] = {"sub": user.id, **tokens.user_claims(user, row.scope), **tokens.ping_claims()}
    return jsonify(fault_effects.userinfo_body(row.grant.fault, body))


@blueprint.post("/as/introspect")
@locked
def introspect(environment: Environment) -> ResponseReturnValue:
    """RFC 7662; what is not a live token of this environment is just inactive."""
    form = read_form()
    authenticate(environment, form, request.headers.get("Authorization", ""))
    value = form.get("token", "")
    if not value:
        raise OAuthError("invalid_request", "token is required")
    claims, row = _access_token(environment, value)
    if claims is not None and row is not None and not _ended(environment, row) and claims["exp"] > environment.now():
        username = row.grant.user.username
        return _uncached(jsonify({"active": True, "token_type": "Bearer", "username": username, **claims}))
    return _uncached(jsonify(_described(environment, environment.grants.find_refresh_token(value))))


def _described(environment: Environment, row: RefreshRow | None) -> dict[str, Any]:
    """What introspection tells about a refresh token; it lives as long as the session."""
    if row is None or not row.current or row.grant.revoked:
        return {"active": False}
    grant = row.grant
    if environment.sessions.by_id(grant.session_id) is None:
        return {"active": False}
    return {
        "active": True, "token_type": "refresh_token", "client_id": grant.client_id, "scope": " ".join(grant.scope),
        "sub": grant.user.id, "sid": grant.session_id, "iss": environment.issuer,
    }


@blueprint.post("/as/revoke")
@locked
def revoke(environment: Environment) -> ResponseReturnValue:
    """RFC 7009, with PingOne's restriction: only tokens of custom resources can be revoked.

    A token for the PingOne API is answered in the same way and stays what it was: end the session by sign-off.
    """
    form = read_form()
    application = authenticate(environment, form, request.headers.get("Authorization", ""))
    value = form.get("token", "")
    if not value:
        raise OAuthError("invalid_request", "token is required")
    claims, row = _access_token(environment, value)
    if claims is not None and row is not None and row.revocable and row.grant.client_id == application.client_id:
        row.revoked.append(True)
    refresh = environment.grants.find_refresh_token(value)
    mine = refresh is not None and refresh.grant.client_id == application.client_id
    if refresh is not None and mine and CUSTOM_SCOPE in refresh.grant.scope:
        refresh.grant.revoked = True
    return Response(status=200)


def _access_token(environment: Environment, value: str) -> tuple[dict[str, Any] | None, AccessRow | None]:
    claims = tokens.read(environment, value)
    row = environment.grants.access.get(str(claims.get("jti", ""))) if claims else None
    return claims, row


def _ended(environment: Environment, row: AccessRow) -> bool:
    return row.grant.revoked or bool(row.revoked)
