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
from .grants import ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS, AccessRow, Grant
from .jws import serialize
from .keys import SigningKey
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
        body["refresh_token"] = environment.grants.new_refresh_token(grant, _refresh_token(environment, grant))
    body["scope"] = " ".join(scope)
    if "openid" in scope:
        body["id_token"] = _id_token(environment, grant, scope, body["access_token"], nonce, fault)
    return body


def user_claims(user: User, scope: Sequence[str]) -> dict[str, Any]:
    """What the scopes allow to be told about a user."""
    claims: dict[str, Any] = {}
    if "profile" in scope:
        named = {"given_name": user.given_name, "family_name": user.family_name, "name": user.name}
        # Of a user without a name nothing is said: PingOne leaves the claims out.
        claims |= {"preferred_username": user.username, **{name: value for name, value in named.items() if value}}
        claims["updated_at"] = user.updated_at
        if user.attributes.get("nickname"):
            claims["nickname"] = user.attributes["nickname"]
    if user.groups and "openid" in scope:
        # The application's attribute mapping groups = Group Names. Of a user without a group the claim is left out.
        claims["groups"] = list(user.groups)
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
    if fault == "key_rotated":
        environment.keys.rotate()
    key = _key(environment, grant.client_id)
    return fault_effects.sign_id_token(fault, key, fault_effects.id_token_claims(fault, claims))


def _access_token(environment: Environment, grant: Grant, scope: Sequence[str]) -> str:
    custom = CUSTOM_SCOPE in scope
    claims = _access_claims(environment, grant.client_id, scope)
    environment.grants.access.put(claims["jti"], AccessRow(grant, tuple(scope), custom))
    claims |= {"sub": grant.user.id, "sid": grant.session_id, "auth_time": grant.auth_time, "acr": grant.acr}
    return _sign_access(environment, claims, fault_effects.access_claims(grant.fault, claims, CUSTOM_SCOPE))


def service_token(environment: Environment, client_id: str, scope: Sequence[str]) -> str:
    """The access token of an application that acts for itself: no user, no session."""
    claims = _access_claims(environment, client_id, scope)
    return _sign_access(environment, {**claims, "p1.rid": claims["jti"]})


def _access_claims(environment: Environment, client_id: str, scope: Sequence[str]) -> dict[str, Any]:
    issued = int(environment.now())
    return {
        "client_id": client_id, "iss": environment.issuer, "jti": str(uuid4()),
        "iat": issued, "exp": issued + ACCESS_TOKEN_SECONDS,
        "aud": [CUSTOM_AUDIENCE if CUSTOM_SCOPE in scope else PINGONE_AUDIENCE], "scope": " ".join(scope),
        # The documentation says that only tokens for PingOne's API have these two; captured ones have them always.
        "env": constants.ENVIRONMENT_ID, "org": constants.ORGANIZATION_ID,
    }


def _sign_access(environment: Environment, claims: dict[str, Any], signed: dict[str, Any] | None = None) -> str:
    """``signed``: what a fault made of the claims."""
    key = _key(environment, claims["client_id"])
    typed = {"typ": "at+jwt"} if environment.switches.after_march_2027 else {}
    return serialize({"kid": key.kid, "alg": "RS256", **typed}, signed or claims, key.key)


def _refresh_token(environment: Environment, grant: Grant) -> str:
    """The older form, a JWT, for an application that still has it; else empty."""
    if environment.switches.after_march_2027 or not environment.applications[grant.client_id].jwt_refresh_tokens:
        return ""
    issued = int(environment.now())
    claims = {
        "sub": grant.user.id, "jti": str(uuid4()), "exp": issued + REFRESH_TOKEN_SECONDS, "sid": grant.session_id,
        "scope": " ".join(grant.scope), "auth_time": grant.auth_time, "acr": grant.acr, "amr": list(grant.methods),
        "iss": environment.issuer,
    }
    key = environment.keys.default
    return serialize({"kid": key.kid, "alg": "RS256"}, claims, key.key)


def _key(environment: Environment, client_id: str) -> SigningKey:
    """The key that signs for an application: of the rotation policy, or the environment's default while it may."""
    if environment.switches.after_march_2027 or not environment.applications[client_id].default_key:
        return environment.keys.current
    return environment.keys.default


def read(environment: Environment, token: str) -> dict[str, Any] | None:
    """The claims of a token that one of the published keys signed, expired or not; None for anything else."""
    for key in (*environment.keys.known(), *environment.keys_of_others()):
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
