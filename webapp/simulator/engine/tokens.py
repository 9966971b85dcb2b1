"""PingOne's tokens: which claims they carry and how they are signed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError

from .. import constants
from . import fault_effects
from .applications import CUSTOM_AUDIENCE, CUSTOM_SCOPE, PINGONE_AUDIENCE
from .environment import Environment
from .grants import ACCESS_TOKEN_SECONDS, AccessRow, Grant
from .jws import serialize
from .users import User


def issue(
    environment: Environment, grant: Grant, scope: Sequence[str], *, nonce: str | None, refresh: bool, fault: str
) -> dict[str, Any]:
    """The body of a successful token answer. A refreshed ID token repeats no nonce (OIDC Core, section 12.2).

    ``fault``: the one that was chosen for this sign-on or this refresh.
    """
    body: dict[str, Any] = {
        "access_token": _access_token(environment, grant, scope),
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_SECONDS,
    }
    if refresh:
        body["refresh_token"] = environment.grants.new_refresh_token(grant)
    body["scope"] = " ".join(scope)
    if "openid" in scope:
        body["id_token"] = _id_token(environment, grant, scope, body["access_token"], nonce, fault)
    return body


def user_claims(user: User, scope: Sequence[str]) -> dict[str, Any]:
    """What the scopes allow to be told about a user."""
    claims: dict[str, Any] = {}
    if "profile" in scope:
        claims |= {
            "preferred_username": user.username, "given_name": user.given_name, "family_name": user.family_name,
            "name": user.name, "updated_at": user.updated_at,
        }
        if user.attributes.get("nickname"):
            claims["nickname"] = user.attributes["nickname"]
    if "email" in scope:
        claims["email"] = user.email
    if "phone" in scope and user.attributes.get("mobilePhone"):
        claims["phone_number"] = user.attributes["mobilePhone"]
    return claims


def ping_claims() -> dict[str, str]:
    """PingOne's own claims. The dot in ``p1.region`` is part of the name."""
    return {"env": constants.ENVIRONMENT_ID, "org": constants.ORGANIZATION_ID, "p1.region": constants.REGION}


def _id_token(
    environment: Environment, grant: Grant, scope: Sequence[str], access_token: str, nonce: str | None, fault: str
) -> str:
    issued = int(environment.now())
    claims: dict[str, Any] = {
        "iss": environment.issuer, "sub": grant.user.id, "aud": grant.client_id,
        "iat": issued, "exp": issued + ACCESS_TOKEN_SECONDS,
        "acr": grant.acr, "amr": list(grant.methods), "auth_time": grant.auth_time,
        "at_hash": _half_hash(access_token), "sid": grant.session_id,
        **user_claims(grant.user, scope), **ping_claims(),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return fault_effects.sign_id_token(fault, environment.keys, fault_effects.id_token_claims(fault, claims))


def _access_token(environment: Environment, grant: Grant, scope: Sequence[str]) -> str:
    issued, identity = int(environment.now()), str(uuid4())
    custom = CUSTOM_SCOPE in scope
    environment.grants.access.put(identity, AccessRow(grant, tuple(scope), custom))
    return sign(environment, {
        "client_id": grant.client_id, "iss": environment.issuer, "jti": identity,
        "iat": issued, "exp": issued + ACCESS_TOKEN_SECONDS,
        "aud": [CUSTOM_AUDIENCE if custom else PINGONE_AUDIENCE], "scope": " ".join(scope),
        "sub": grant.user.id, "sid": grant.session_id, "auth_time": grant.auth_time, "acr": grant.acr,
        # Only a token for the PingOne API says which environment it is from.
        **({} if custom else ping_claims()),
    })


def sign(environment: Environment, claims: dict[str, Any]) -> str:
    """RS256 with the current key."""
    key = environment.keys.current
    return serialize({"kid": key.kid, "alg": "RS256"}, claims, key.key)


def read(environment: Environment, token: str) -> dict[str, Any] | None:
    """The claims of a token that one of the published keys signed, expired or not; None for anything else."""
    for key in environment.keys.published():
        try:
            decoded = jwt.decode(token, key.key, algorithms=["RS256"])
        except (JoseError, ValueError):
            continue
        return dict(decoded.claims) if decoded.header.get("kid") == key.kid else None
    return None


def _half_hash(token: str) -> str:
    # https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")
