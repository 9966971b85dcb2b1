"""What the chosen fault does to claims, signatures, responses and bodies. Without a fault nothing changes."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from uuid import uuid4

from joserfc.jwk import OctKey

from .jws import serialize
from .keys import SigningKey

#: Longer than any client should wait for the token endpoint, seconds.
SLOW_SECONDS = 10.0
_TEN_MINUTES = 600
_WEEK = 604_800
_TWO_HOURS = 7_200

_DROPPED = {
    "nonce_missing": "nonce", "subject_missing": "sub", "expiry_missing": "exp", "groups_missing": "groups",
}  # fmt: skip

Claims = dict[str, Any]


def id_token_claims(fault: str, claims: Claims) -> Claims:
    """The claims of an ID token. Wrong values are the right ones plus "1": that defeats prefix and substring checks."""
    audience = str(claims["aud"])
    changes: dict[str, Claims] = {
        "nonce_wrong": {"nonce": f"{claims.get('nonce', '')}1"},
        "issuer_wrong": {"iss": f"{claims['iss']}1"},
        "audience_wrong": {"aud": f"{audience}1"},
        "audience_extra": {"aud": [audience, f"{audience}1"]},
        "azp_wrong": {"azp": f"{audience}1"},
        "id_token_expired": {"exp": claims["iat"] - _TEN_MINUTES},
        "issued_long_ago": {"iat": claims["iat"] - _WEEK},
        "issued_in_future": {"iat": claims["iat"] + _TEN_MINUTES},
        "clock_ahead": _later(claims, _TEN_MINUTES),
        "clock_slightly_ahead": _later(claims, 10),
        "at_hash_wrong": {"at_hash": _hash(str(claims["at_hash"]))},
        "auth_time_nonsense": {"auth_time": claims["auth_time"] // 1_000},
        "signed_on_long_ago": {"auth_time": claims["auth_time"] - _TWO_HOURS},
        "refresh_subject": {"sub": str(uuid4())},
        "another_person": {"sub": str(uuid4())},
        "groups_text": {"groups": f"former-{','.join(claims.get('groups', ('members',)))}"},
        "acr_downgraded": {"acr": "Single_Factor"},
    }
    dropped = _DROPPED.get(fault, "")
    return {name: value for name, value in {**claims, **changes.get(fault, {})}.items() if name != dropped}


def access_claims(fault: str, claims: Claims, custom_scope: str) -> Claims:
    """The claims of an access token; those of an ID token are of another application's kind, with its nonce."""
    audience = str(claims["aud"][0])
    words = [word for word in str(claims["scope"]).split() if word != custom_scope]
    changes: dict[str, Claims] = {
        "access_is_id_token": {"aud": claims["client_id"], "nonce": str(uuid4())},
        "access_audience_wrong": {"aud": [f"{audience}1"]},
        "access_issuer_wrong": {"iss": f"{claims['iss']}1"},
        "access_expired": {"exp": claims["iat"] - _TEN_MINUTES},
        "access_scope_missing": {"scope": " ".join(words)},
    }
    dropped = ("scope", "client_id") if fault == "access_is_id_token" else ()
    return {name: value for name, value in {**claims, **changes.get(fault, {})}.items() if name not in dropped}


def _later(claims: Claims, seconds: int) -> Claims:
    return {name: claims[name] + seconds for name in ("iat", "exp", "auth_time")}


def _hash(value: str) -> str:
    digest = hashlib.sha256(value.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")


def sign_id_token(fault: str, current: SigningKey, claims: Claims) -> str:
    """A signed ID token, or what a fault makes of one."""
    header = {"kid": current.kid, "alg": "RS256"}
    if fault == "kid_unknown":
        header["kid"] = str(uuid4())
    if fault == "alg_hs256":
        secret = OctKey.import_key(base64.b64encode(current.certificate))
        return serialize({"kid": current.kid, "alg": "HS256"}, claims, secret)
    token = serialize(header, claims, current.key)
    if fault == "alg_none":
        unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode("ascii")
        return f"{unsigned}.{token.split('.')[1]}."
    return _flip_a_bit(token) if fault == "signature_wrong" else token


def _flip_a_bit(token: str) -> str:
    signed, _, signature = token.rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    raw[len(raw) // 2] ^= 1
    return f"{signed}.{base64.urlsafe_b64encode(bytes(raw)).rstrip(b'=').decode('ascii')}"


def response_pairs(fault: str, issuer: str, response: dict[str, str]) -> list[tuple[str, str]]:
    """The parameters of an authorization response, in order; a name may come twice."""
    answer = dict(response)
    if fault in ("state_dropped", "response_without_code"):
        answer.pop("state" if fault == "state_dropped" else "code", None)
    if fault == "state_changed" and "state" in answer:
        answer["state"] += "1"
    if fault == "response_issuer_wrong":
        answer["iss"] = f"{issuer}1"
    if fault == "error_and_code":
        answer["error"] = "access_denied"
    if fault == "access_denied":
        answer.pop("code", None)
        answer |= {"error": "access_denied", "error_description": "The simulator was asked to refuse this sign-on"}
    pairs = list(answer.items())
    return [("code", str(uuid4())), *pairs] if fault == "code_twice" else pairs


def token_body(fault: str, body: dict[str, Any]) -> Any:
    """The body of a token answer."""
    if fault == "token_list":
        return [body]
    if fault == "scope_not_granted":
        return {**body, "scope": "openid"}
    if fault == "token_type_wrong":
        return {**body, "token_type": "mac"}
    if fault == "id_token_missing":
        return {name: value for name, value in body.items() if name != "id_token"}
    return body


def userinfo_body(fault: str, body: dict[str, Any]) -> dict[str, Any]:
    """The claims of UserInfo."""
    return {**body, "sub": f"{body['sub']}1"} if fault == "userinfo_subject" else body


def metadata(fault: str, document: dict[str, Any]) -> dict[str, Any]:
    """The discovery document."""
    if fault == "discovery_foreign_issuer":
        return {**document, "issuer": f"{document['issuer']}1"}
    if fault == "discovery_plain":
        return {**document, "code_challenge_methods_supported": ["plain"]}
    if fault == "discovery_foreign_endpoint":
        return {**document, "token_endpoint": "https://tokens.example.com/as/token"}
    return document
