"""Introspection and revocation: whose token it is, and whether it is still good."""

from __future__ import annotations

from typing import Any

from . import tokens
from .applications import CUSTOM_SCOPE, Application
from .environment import Environment
from .grants import AccessRow, RefreshRow

INACTIVE: dict[str, Any] = {"active": False}


def find_access_token(environment: Environment, value: str) -> tuple[dict[str, Any] | None, AccessRow | None]:
    """Claims and row of an access token that was issued to somebody who signed on; None for what it is not."""
    claims = tokens.read(environment, value)
    row = environment.grants.access.get(str(claims.get("jti", ""))) if claims else None
    return claims, row


def has_ended(row: AccessRow) -> bool:
    """Whether the token was revoked, or everything that its code bought."""
    return row.grant.revoked or bool(row.revoked)


def for_application(environment: Environment, application: Application, value: str) -> dict[str, Any]:
    """What the client learns to which the token was issued; nobody else learns anything.

    https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/token-introspection-access-token.html
    """
    refresh = environment.grants.find_refresh_token(value)
    if refresh is not None:
        return _refresh_token(environment, application, refresh)
    claims, row = find_access_token(environment, value)
    if claims is None or claims["exp"] <= environment.now():
        return INACTIVE
    if claims.get("client_id", claims.get("aud")) != application.client_id:
        return INACTIVE
    if row is not None and has_ended(row):
        return INACTIVE
    named = {} if row is None else {"username": row.grant.user.username}
    # An ID token has no client_id and no scope of its own; a token of client_credentials has no user.
    typed = {"token_type": "Bearer"} if "client_id" in claims else {"client_id": application.client_id}
    return {"active": True, **typed, **named, **claims}


def for_resource(environment: Environment, value: str) -> dict[str, Any]:
    """What the custom resource learns of a token that is meant for it."""
    claims, row = find_access_token(environment, value)
    if claims is None or claims["exp"] <= environment.now() or (row is not None and has_ended(row)):
        return INACTIVE
    if environment.resource.audience not in claims["aud"] or "client_id" not in claims:
        return INACTIVE
    return {"active": True, "token_type": "Bearer", **claims}


def _refresh_token(environment: Environment, application: Application, row: RefreshRow) -> dict[str, Any]:
    """A refresh token lives as long as the session."""
    grant = row.grant
    mine = grant.client_id == application.client_id
    if not mine or not row.current or grant.revoked or environment.sessions.by_id(grant.session_id) is None:
        return INACTIVE
    return {
        "active": True, "token_type": "refresh_token", "client_id": grant.client_id, "scope": " ".join(grant.scope),
        "sub": grant.user.id, "sid": grant.session_id, "iss": environment.issuer,
    }


def revoke(environment: Environment, application: Application, value: str) -> None:
    """End a token of a custom resource. A token for the PingOne API stays what it was: sign-off ends the session."""
    _, row = find_access_token(environment, value)
    if row is not None and row.revocable and row.grant.client_id == application.client_id:
        row.revoked.append(True)
    refresh = environment.grants.find_refresh_token(value)
    mine = refresh is not None and refresh.grant.client_id == application.client_id
    if refresh is not None and mine and CUSTOM_SCOPE in refresh.grant.scope:
        refresh.grant.revoked = True
