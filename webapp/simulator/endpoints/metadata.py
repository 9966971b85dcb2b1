"""Discovery and the key set."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from ..engine import fault_effects
from ..engine.applications import OFFLINE_SCOPE, PINGONE_SCOPES
from ..engine.authorization_request import RESPONSE_MODES, RESPONSE_TYPES
from ..engine.environment import Environment
from ..engine.faults import DISCOVERY, KEYS
from . import faulty
from .answers import locked
from .visitors import worlds

blueprint = Blueprint("metadata", __name__)
_SIGNING = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512"]


@blueprint.get("/as/.well-known/openid-configuration")
@locked
def discovery(environment: Environment) -> ResponseReturnValue:
    """The discovery document, members in PingOne's order."""
    fault = environment.faults.take(DISCOVERY)
    if (canned := faulty.answer(environment, fault, "discovery")) is not None:
        return canned
    return jsonify(fault_effects.metadata(fault, document(environment.issuer)))


@blueprint.get("/as/jwks")
@locked
def jwks(environment: Environment) -> ResponseReturnValue:
    """The keys that sign now, and those that signed until a while ago."""
    if (canned := faulty.answer(environment, environment.faults.take(KEYS), "keys")) is not None:
        return canned
    return jsonify(worlds().key_set())


def document(issuer: str) -> dict[str, Any]:
    """PingOne's metadata. ``none`` is not among the client authentication methods although public clients exist."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/signoff",
        "ping_end_idp_session_endpoint": f"{issuer}/idpSignoff",
        "check_session_iframe": f"{issuer}/checksession",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "device_authorization_endpoint": f"{issuer}/device_authorization",
        "claims_parameter_supported": False,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "scopes_supported": [*PINGONE_SCOPES[:5], OFFLINE_SCOPE],
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": [
            "authorization_code", "implicit", "client_credentials", "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "userinfo_signing_alg_values_supported": ["none"],
        "request_object_signing_alg_values_supported": ["none", *_SIGNING],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(_SIGNING),
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "sub", "iss", "auth_time", "acr", "name", "given_name", "family_name", "middle_name", "preferred_username",
            "profile", "picture", "zoneinfo", "phone_number", "updated_at", "address", "email", "locale",
        ],
        "code_challenge_methods_supported": ["plain", "S256"],
    }
