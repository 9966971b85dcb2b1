"""The simulator's first page and ``/about.json``: what there is to try."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from .. import constants
from ..engine import keys
from ..engine.applications import Application
from ..engine.environment import Environment
from .answers import locked, page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@locked
def show(environment: Environment) -> ResponseReturnValue:
    """Environment, applications, users, policies."""
    return page(
        environment, "home.html", here=environment, region=constants.REGION, policies=environment.policies,
        applications=environment.applications.values(), users=constants.DEMO_USERS, password=constants.PASSWORD,
    )


@blueprint.get("/about.json")
@locked
def about(environment: Environment) -> ResponseReturnValue:
    """The same for programs. The secrets are published on purpose: nothing here is real."""
    return jsonify({
        "environment": {
            "id": constants.ENVIRONMENT_ID, "base": environment.url,
            "issuer": environment.issuer, "region": constants.REGION,
        },
        "applications": [described(each) for each in environment.applications.values()],
        "users": [
            {"username": username, "password": constants.PASSWORD, "whatHappens": what}
            for username, what in constants.DEMO_USERS
        ],
        "resources": [{
            "id": environment.resource.id, "name": environment.resource.name,
            "audience": environment.resource.audience, "scopes": list(environment.resource.scopes),
            "secret": environment.resource.secret, "introspectEndpointAuthMethod": environment.resource.method,
        }],
        "signOnPolicies": [{"name": each.name, "what": each.what} for each in environment.policies],
    })


def described(application: Application) -> dict[str, Any]:
    """An application as programs read it."""
    body: dict[str, Any] = {
        "name": application.name,
        "clientId": application.client_id,
        "clientSecret": application.client_secret,
        "tokenEndpointAuthMethod": application.token_auth_method,
        "pkceEnforcement": application.pkce_enforcement,
        "redirectUris": list(application.redirect_uris),
        "postLogoutRedirectUris": list(application.post_logout_redirect_uris),
        "loginPageUrl": application.login_page_url,
        "grantTypes": list(application.grant_types),
        "parRequirement": "REQUIRED" if application.par_required else "OPTIONAL",
        "enabled": application.enabled,
        "scopes": list(application.scopes),
        "idpSignoff": application.idp_signoff,
        "opSessionCheckEnabled": application.session_check,
        "allowWildcardInRedirectUris": application.wildcard_redirect_uris,
        "requireSignedRequestObject": application.require_signed_request_object,
        "supportUnsignedRequestObject": application.support_unsigned_request_object,
        "refreshTokenType": "JSON_WEB_TOKEN" if application.jwt_refresh_tokens else "OPAQUE_TOKEN",
    }
    if application.cors_origins is not None:
        behavior = "ALLOW_SPECIFIC_ORIGINS" if application.cors_origins else "ALLOW_NO_ORIGINS"
        body["corsSettings"] = {"behavior": behavior, "origins": list(application.cors_origins)}
    if application.has_key:
        body["privateKey"] = keys.private_pem(application.key)
    return body
