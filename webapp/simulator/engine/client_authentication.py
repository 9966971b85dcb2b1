"""Client authentication: exactly the method that the application is configured with, and no other."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from .applications import (
    CLIENT_SECRET_BASIC,
    CLIENT_SECRET_JWT,
    CLIENT_SECRET_POST,
    NONE,
    PRIVATE_KEY_JWT,
    Application,
)
from .environment import Environment
from .errors import invalid_client
from .keys import public_jwk

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Seconds by which clocks may differ.
LEEWAY = 30
#: An assertion that lives longer than this many seconds is refused: it would have to be remembered as long.
LONGEST_ASSERTION = 3_600


@dataclass(frozen=True)
class Credentials:
    """What a request brought along: the method it used and the values."""

    method: str
    client_id: str
    secret: str = ""


def authenticate(
    environment: Environment, form: Mapping[str, str], authorization: str, endpoint: str = "token"
) -> Application:
    """The application behind a request to the token, introspection, revocation or PAR endpoint.

    ``form``: the body's parameters; ``authorization``: the header; ``endpoint``: the one being called, which an
    assertion may name as its audience. Raises OAuthError, 401 invalid_client.
    """
    found = _credentials(form, authorization)
    application = environment.applications.get(found.client_id)
    basic = found.method == CLIENT_SECRET_BASIC
    if application is None or not application.enabled:
        raise invalid_client(basic=basic)
    configured = application.token_auth_method
    # Both assertion methods look alike on the wire; the application's setting says which signature counts.
    assertion = configured in (CLIENT_SECRET_JWT, PRIVATE_KEY_JWT) and found.method == PRIVATE_KEY_JWT
    if found.method != configured and not assertion:
        raise invalid_client("Unsupported authentication method", basic=basic)
    if assertion:
        _check_assertion(environment, application, found.secret, endpoint)
    elif configured != NONE and not hmac.compare_digest(found.secret.encode(), application.client_secret.encode()):
        raise invalid_client(basic=basic)
    return application


def is_resource(environment: Environment, form: Mapping[str, str], authorization: str) -> bool:
    """Whether the credentials are those of the custom resource. Raises OAuthError for wrong ones of its id."""
    found, resource = _credentials(form, authorization), environment.resource
    if found.client_id != resource.id:
        return False
    basic = found.method == CLIENT_SECRET_BASIC
    if found.method != resource.method:
        raise invalid_client("Unsupported authentication method", basic=basic)
    if not hmac.compare_digest(found.secret.encode(), resource.secret.encode()):
        raise invalid_client(basic=basic)
    return True


def _credentials(form: Mapping[str, str], authorization: str) -> Credentials:
    scheme, _, encoded = authorization.partition(" ")
    methods = [name for name, used in (
        (CLIENT_SECRET_BASIC, scheme.casefold() == "basic"),
        (CLIENT_SECRET_POST, "client_secret" in form),
        (PRIVATE_KEY_JWT, "client_assertion" in form),
    ) if used]
    if len(methods) > 1:
        # https://www.rfc-editor.org/rfc/rfc6749#section-2.3: one method per request.
        raise invalid_client("Unsupported authentication method", basic=CLIENT_SECRET_BASIC in methods)
    client_id = form.get("client_id", "")
    if CLIENT_SECRET_BASIC in methods:
        basic_id, secret = _basic(encoded)
        if client_id and client_id != basic_id:
            raise invalid_client(basic=True)
        return Credentials(CLIENT_SECRET_BASIC, basic_id, secret)
    if PRIVATE_KEY_JWT in methods:
        return _assertion(form, client_id)
    if methods:
        return Credentials(CLIENT_SECRET_POST, client_id, form["client_secret"])
    return Credentials(NONE, client_id)


def _basic(encoded: str) -> tuple[str, str]:
    # Both halves are form-urlencoded before they are joined: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise invalid_client(basic=True) from None
    return unquote_plus(client_id), unquote_plus(secret)


def _assertion(form: Mapping[str, str], client_id: str) -> Credentials:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise invalid_client("Unsupported authentication method")
    token = form["client_assertion"]
    subject = client_id or str(_unverified_issuer(token))
    return Credentials(PRIVATE_KEY_JWT, subject, token)


def _unverified_issuer(token: str) -> Any:
    """The client id that an assertion claims; the signature is checked with that client's key afterwards."""
    try:
        payload = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iss"]
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return ""


def _check_assertion(environment: Environment, application: Application, token: str, endpoint: str) -> None:
    # https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
    # https://developer.pingidentity.com/pingone-api/auth/auth-config-options/create-a-client-secret-jwt.html
    try:
        if application.token_auth_method == CLIENT_SECRET_JWT:
            secret = OctKey.import_key(application.client_secret.encode())
            claims = jwt.decode(token, secret, algorithms=["HS256", "HS384", "HS512"]).claims
        else:
            claims = jwt.decode(token, public_jwk(application.key), algorithms=["RS256", "RS384", "RS512"]).claims
    except (JoseError, ValueError):
        raise invalid_client() from None
    problem = _problem(environment, application, claims, endpoint)
    if problem:
        raise invalid_client(f"Invalid client credentials: {problem}")


def _problem(environment: Environment, application: Application, claims: Mapping[str, Any], endpoint: str) -> str:
    """What is wrong with a signed assertion, empty when nothing is. A ``jti`` is good once."""
    if not (claims.get("iss") == claims.get("sub") == application.client_id):
        return "iss and sub must be the client id"
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    good = {environment.issuer, f"{environment.issuer}/token", f"{environment.issuer}/{endpoint}"}
    if not good & {each for each in audiences if isinstance(each, str)}:
        return "aud must be the token endpoint, the issuer or the endpoint being called"
    expires, moment = claims.get("exp"), environment.now()
    if not isinstance(expires, int) or not moment - LEEWAY < expires < moment + LONGEST_ASSERTION:
        return "exp must be within the next hour"
    begins = claims.get("nbf", 0)
    if not isinstance(begins, int) or begins > moment + LEEWAY:
        return "nbf must not be in the future"
    identity = claims.get("jti")
    used = f"{application.client_id} {identity}"
    if not isinstance(identity, str) or not identity or environment.assertions.get(used):
        return "jti must be new"
    environment.assertions.put(used, True)
    return ""


