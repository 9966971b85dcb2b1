"""The token endpoint: codes and refresh tokens become tokens, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import pkce, tokens
from .applications import OFFLINE_SCOPE, Application
from .environment import Environment
from .errors import OAuthError
from .faults import REFRESH
from .grants import ACCESS_TOKEN_SECONDS, Grant

_MISMATCH = (
    "The code_verifier sent does not match code_challenge included in the authorization request using the {} "
    "code_challenge_method"
)


def answer(environment: Environment, application: Application, form: Mapping[str, str]) -> dict[str, Any]:
    """The body of a successful token answer. Raises OAuthError."""
    grant_type = form.get("grant_type", "")
    if not grant_type:
        raise OAuthError("invalid_request", "grant_type is required")
    if grant_type == "authorization_code":
        return _redeem(environment, application, form)
    if grant_type == "refresh_token":
        return _refresh(environment, application, form)
    if grant_type == "client_credentials":
        return _serve(environment, application, form)
    if grant_type == "urn:ietf:params:oauth:grant-type:device_code":
        raise not_enabled()
    raise OAuthError("unsupported_grant_type", f"Unsupported grant_type: {grant_type[:80]}")


def not_enabled() -> OAuthError:
    """400 unauthorized_client: the grant is not among those of the application."""
    return OAuthError("unauthorized_client", "Request denied: The grant is not enabled for this application")


def _serve(environment: Environment, application: Application, form: Mapping[str, str]) -> dict[str, Any]:
    """An application that acts for itself."""
    if "CLIENT_CREDENTIALS" not in application.grant_types:
        raise not_enabled()
    asked = form.get("scope", "").split() or application.scopes
    scope = tuple(dict.fromkeys(word for word in asked if word in application.scopes))
    if not scope:
        raise OAuthError("invalid_scope", "At least one scope must be granted")
    token = tokens.service_token(environment, application.client_id, scope)
    return {
        "access_token": token, "token_type": "Bearer", "expires_in": ACCESS_TOKEN_SECONDS, "scope": " ".join(scope),
    }


def _invalid_grant(reason: str) -> OAuthError:
    return OAuthError("invalid_grant", reason)


def _redeem(environment: Environment, application: Application, form: Mapping[str, str]) -> dict[str, Any]:
    if "AUTHORIZATION_CODE" not in application.grant_types:
        raise not_enabled()
    code = form.get("code", "")
    if not code:
        raise OAuthError("invalid_request", "code is required")
    row = environment.grants.find_code(code)
    # A code of another client reads like one that never was, so a guesser learns nothing.
    if row is None or row.grant.client_id != application.client_id:
        raise _invalid_grant("The authorization code is invalid")
    if row.used:
        # https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2: somebody else has the code, so what it bought ends.
        row.grant.revoked = True
        raise _invalid_grant("The authorization code was already used")
    # Any attempt spends the code: whoever guesses verifiers gets one guess.
    row.used = True
    grant = row.grant
    if row.expires_at <= environment.now() or grant.fault == "code_expired":
        raise _invalid_grant("The authorization code has expired")
    if form.get("redirect_uri", "") != grant.redirect_uri:
        raise _invalid_grant("The redirect_uri does not match the redirect_uri of the authorization request")
    _check_verifier(grant, form.get("code_verifier", ""))
    _check_alive(environment, grant)
    # Granted to the application, offline_access must be asked for; not granted, there always is a refresh token.
    # https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorize-intro.html
    wanted = OFFLINE_SCOPE in grant.scope or OFFLINE_SCOPE not in application.scopes
    refresh = "REFRESH_TOKEN" in application.grant_types and wanted
    return tokens.issue(environment, grant, grant.scope, nonce=grant.nonce, refresh=refresh, fault=grant.fault)


def _check_verifier(grant: Grant, verifier: str) -> None:
    if grant.challenge is None:
        if verifier:
            # RFC 9700, section 2.1.1: otherwise an attacker strips the challenge and nobody notices.
            raise _invalid_grant("A code_verifier was sent, but the authorization request had no code_challenge")
        return
    if not verifier:
        raise _invalid_grant("code_verifier is required")
    if not pkce.matches(grant.challenge, verifier):
        raise _invalid_grant(_MISMATCH.format(grant.challenge.method))


def _check_alive(environment: Environment, grant: Grant) -> None:
    if grant.revoked or environment.sessions.by_id(grant.session_id) is None:
        raise _invalid_grant("The session of the user has ended")


def _refresh(environment: Environment, application: Application, form: Mapping[str, str]) -> dict[str, Any]:
    if "REFRESH_TOKEN" not in application.grant_types:
        raise not_enabled()
    row = environment.grants.find_refresh_token(form.get("refresh_token", ""))
    if row is None or row.grant.client_id != application.client_id or row.grant.revoked:
        raise _invalid_grant("The refresh token is invalid or has expired")
    if not row.current:
        # Replay protection: the token was exchanged before, so one of the two holders stole it; all descendants end.
        row.grant.revoked = True
        raise _invalid_grant("The refresh token was already used")
    _check_alive(environment, row.grant)
    _check_form(environment, application, row.grant, form.get("refresh_token", ""))
    fault = environment.faults.take(REFRESH)
    if fault == "refresh_refused":
        raise _invalid_grant("The refresh token is invalid or has expired")
    scope = _narrowed(row.grant, form.get("scope", ""))
    row.current = False
    return tokens.issue(environment, row.grant, scope, nonce=None, refresh=True, fault=fault)


def _check_form(environment: Environment, application: Application, grant: Grant, token: str) -> None:
    """Refuse a token that is too old for the application's setting, or of a form that is no longer in force."""
    bound, first = application.refresh_rolling_seconds, grant.first_refresh
    if bound is not None and first is not None and environment.now() >= first + bound:
        raise _invalid_grant("The refresh token is invalid or has expired")
    if environment.switches.after_march_2027 and token.count(".") == 2:
        raise _invalid_grant("The refresh token is invalid or has expired")


def _narrowed(grant: Grant, asked: str) -> tuple[str, ...]:
    scope = tuple(dict.fromkeys(asked.split())) or grant.scope
    if set(scope) - set(grant.scope):
        raise OAuthError("invalid_scope", "The scope exceeds the scope granted by the user")
    return scope
