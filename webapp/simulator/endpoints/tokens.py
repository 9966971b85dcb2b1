"""``/as/token``, ``/as/userinfo``, ``/as/introspect``, ``/as/revoke``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from ..engine import fault_effects, introspection, token_requests, tokens
from ..engine.client_authentication import authenticate, is_resource
from ..engine.environment import Environment
from ..engine.errors import NO_ACCESS, Detail, OAuthError, PlatformError, no_access, unauthorized
from . import faulty
from .answers import here, locked, nothing
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
    claims, row = introspection.find_access_token(environment, bearer.strip())
    if claims is None or row is None or introspection.has_ended(row):
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
    """RFC 7662; what is not a live token of the one who asks is just inactive."""
    form, authorization = read_form(), request.headers.get("Authorization", "")
    if is_resource(environment, form, authorization):
        return _uncached(jsonify(introspection.for_resource(environment, _token(form))))
    application = authenticate(environment, form, authorization, "introspect")
    return _uncached(jsonify(introspection.for_application(environment, application, _token(form))))


@blueprint.post("/as/revoke")
@locked
def revoke(environment: Environment) -> ResponseReturnValue:
    """RFC 7009, with PingOne's restriction: only tokens of custom resources can be revoked."""
    form = read_form()
    application = authenticate(environment, form, request.headers.get("Authorization", ""), "revoke")
    introspection.revoke(environment, application, _token(form))
    return nothing(200)


@blueprint.post("/as/device_authorization")
@locked
def device_authorization(environment: Environment) -> ResponseReturnValue:
    """PingOne announces it; no application here has the grant DEVICE_CODE, so every one of them is refused."""
    authenticate(environment, read_form(), request.headers.get("Authorization", ""), "device_authorization")
    raise token_requests.not_enabled()


def _token(form: Mapping[str, str]) -> str:
    if not form.get("token"):
        raise OAuthError("invalid_request", "token is required")
    return form["token"]
