"""Request objects: an authorization request in a signed JWT, sent as ``request`` to authorize or to ``/as/par``.

https://developer.pingidentity.com/pingone-api/auth/auth-config-options/create-a-request-property-jwt.html
https://openid.net/specs/openid-connect-core-1_0.html#RequestObject
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from .applications import Application
from .keys import public_jwk
from .refusals import RefusedRequest

_BY_SECRET = ("HS256", "HS384", "HS512")
_BY_KEY = ("RS256", "RS384", "RS512")
#: Claims about the JWT itself, which are no parameters of the request.
_ENVELOPE = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
#: PingOne's own claims, such as ``pi.template``.
_SIGNED_ALONE = "pi."
#: Seconds by which clocks may differ.
LEEWAY = 30

Parameters = Mapping[str, Sequence[str]]


def unpack(
    parameters: Parameters, application: Application, issuer: str, now: float
) -> Parameters:
    """The parameters with those of the request object in it, which win over the ones beside it.

    Raises RefusedRequest: ``invalid_request_object`` for an object that does not verify, ``invalid_request`` when the
    application must send one and did not. PingOne documents no rule against sending one twice, so it may be.
    """
    # What PingOne takes from a signed request alone counts for nothing beside it.
    plain = {name: values for name, values in parameters.items() if not name.startswith(_SIGNED_ALONE)}
    sent = parameters.get("request") or [""]
    token = sent[0]
    if len(sent) > 1:
        raise _refused("must not be repeated")
    if not token:
        if application.require_signed_request_object:
            raise RefusedRequest("invalid_request", "This application must sign its authorization requests", "request")
        return plain
    claims = _unsigned(token, application) if _part(token, 0).get("alg") == "none" else signed(token, application)
    check(claims, application, issuer, now)
    _compare(claims, parameters)
    inside = {name: [_as_parameter(value)] for name, value in claims.items() if name not in _ENVELOPE}
    return {**{name: values for name, values in plain.items() if name != "request"}, **inside}


def _refused(reason: str) -> RefusedRequest:
    return RefusedRequest("invalid_request_object", f"The request object {reason}", "request")


def _unsigned(token: str, application: Application) -> dict[str, Any]:
    # Both halves: without the first anybody writes requests, without the second a signature may be cut off.
    if not application.support_unsigned_request_object or application.require_signed_request_object:
        raise _refused("is not signed")
    if token.count(".") != 2 or token.rpartition(".")[2]:
        raise _refused("is not a JWT")
    claims = _part(token, 1)
    if any(name.startswith(_SIGNED_ALONE) for name in claims):
        raise _refused("asks for what must be signed")
    return claims


def signed(token: str, application: Application) -> dict[str, Any]:
    """The claims of a JWT that the application signed, with its secret or its key. Raises RefusedRequest."""
    algorithm = _part(token, 0).get("alg")
    key: OctKey | RSAKey
    if algorithm in _BY_SECRET and application.client_secret:
        key, allowed = OctKey.import_key(application.client_secret.encode()), _BY_SECRET
    elif algorithm in _BY_KEY and application.has_key:
        # Only ever the public half: as an HMAC secret it would be known to everybody.
        key, allowed = public_jwk(application.key), _BY_KEY
    else:
        raise _refused("is signed in a way that this application is not set up for")
    try:
        return dict(jwt.decode(token, key, algorithms=list(allowed)).claims)
    except (JoseError, ValueError):
        raise _refused("is not signed by this application") from None


def _part(token: str, index: int) -> dict[str, Any]:
    try:
        part = token.split(".")[index]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        raise _refused("is not a JWT") from None
    if not isinstance(found, dict):
        raise _refused("is not a JWT")
    return found


def check(claims: Mapping[str, Any], application: Application, issuer: str, now: float) -> None:
    """From whom, for whom, until when. Raises RefusedRequest."""
    if claims.get("iss") != application.client_id:
        raise _refused("must have the client id in iss")
    audience = claims.get("aud")
    if issuer not in (audience if isinstance(audience, list) else [audience]):
        raise _refused("must have the issuer in aud")
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if expires is not None and not (isinstance(expires, int) and expires > now - LEEWAY):
        raise _refused("has expired")
    if not isinstance(begins, int) or begins > now + LEEWAY:
        raise _refused("is not valid yet")


def _compare(claims: Mapping[str, Any], parameters: Parameters) -> None:
    if {"request", "request_uri"} & set(claims):
        raise _refused("must not contain request or request_uri")
    for name in ("client_id", "response_type"):
        # https://openid.net/specs/openid-connect-core-1_0.html#RequestObject: what is in both must be the same.
        beside = list(parameters.get(name) or [])
        if name in claims and beside and beside != [claims[name]]:
            raise _refused(f"has another {name} than the request")


def _as_parameter(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
