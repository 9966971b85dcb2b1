"""An API that takes access tokens: what it must check before it does anything, and how it says no.

    api = ResourceServer(issuer, audience, provider, keys)                    once, for all threads
    claims = api.accepted(http, request.headers.get("Authorization"), Wanted(scope="orders:read"), time.time)
    except TokenNotAccepted as error: status error.status, header WWW-Authenticate: error.challenge(realm)

With `client` (the credentials of the resource, not of an application) every token is shown to the provider, which
also knows those that were revoked; without it they are verified here, with no call at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .access import Wanted, has_scope, recent
from .attempt import Clock
from .cache import Cached
from .checks import Check
from .client import Client
from .errors import IdTokenSignature, SignOnError
from .http import HttpClient
from .id_token import LEEWAY, moment
from .keys import ProviderKeys
from .provider import Provider
from .userinfo import introspect

RFC9068 = "https://www.rfc-editor.org/rfc/rfc9068#section-4"
BEARER = "https://www.rfc-editor.org/rfc/rfc6750#section-3.1"
STEP_UP = "https://www.rfc-editor.org/rfc/rfc9470#section-3"
ACCESS_TOKEN = ("jwt", "at+jwt", "application/at+jwt")
ANYTHING = Wanted()
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)
_PARAMETER = re.compile(r'([a-z_]+)="([^"\\]*)"', re.ASCII)


class TokenNotAccepted(SignOnError):
    """The API does not do what the token asks for. `error` is RFC 6750's or RFC 9470's word, empty without a token.

    `wanted` is what would help: a scope, a policy, a fresh sign-on. Empty where only another token would.
    """

    code = "token_not_accepted"
    status = 401

    def __init__(self, error: str, detail: str, wanted: Wanted = ANYTHING, check: Check | None = None) -> None:
        status = {"insufficient_scope": 403, "invalid_request": 400}.get(error, 401)
        super().__init__(detail, check=check, checks=(check,) if check else (), status=status)
        self.error, self.wanted = error, wanted

    def challenge(self, realm: str) -> str:
        """Return the value of `WWW-Authenticate`. A request without a token learns nothing but the realm."""
        said = {"realm": realm}
        if self.error:
            said |= {"error": self.error, "error_description": self.detail}
            age = "" if self.wanted.max_age is None else str(self.wanted.max_age)
            said |= {"scope": self.wanted.scope, "acr_values": self.wanted.acr_values, "max_age": age}
        quoted = ((name, re.sub(r'[^\x20-\x7e]|["\\]', "'", value)) for name, value in said.items() if value)
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in quoted)

    @classmethod
    def read(cls, status: int, header: str) -> "TokenNotAccepted":
        """Return what an API said with 401 or 403, for its caller. Its words are another server's: bounded."""
        said = {name: value[:300] for name, value in _PARAMETER.findall(header[:4000])}
        age = said.get("max_age", "")
        wanted = Wanted(
            acr_values=said.get("acr_values", ""),
            max_age=int(age) if age.isascii() and age.isdigit() and len(age) < 10 else None,
            scope=said.get("scope", ""),
        )
        error = said.get("error", "")
        known = error if error in ("insufficient_scope", "insufficient_user_authentication") else "invalid_token"
        expected = wanted.scope or wanted.acr_values or "a token that the API accepts"
        check = Check("API", expected, f"{status} {error}: {said.get('error_description', '')}", False, BEARER)
        return cls(known, f"the API answered {status} {error}", wanted if known != "invalid_token" else ANYTHING, check)


@dataclass(frozen=True)
class ResourceServer:
    """One API. `audience` is its own name at the provider, which no token for anyone else contains."""

    issuer: str
    audience: str
    provider: Cached[Provider]
    keys: ProviderKeys
    client: Client | None = field(default=None, repr=False)

    def accepted(self, http: HttpClient, authorization: str | None, wanted: Wanted, now: Clock) -> Mapping[str, Any]:
        """Return the claims of a token that may do what is wanted.

        Raises `TokenNotAccepted`; `QuestionRefused` when the provider refuses introspection to this API's own client;
        `ProviderError`, `ProviderUnreachable` and `MetadataInvalid` when keys or introspection cannot be had.
        """
        token = bearer(authorization)
        if self.client is not None:
            claims = introspect(http, self.client, self.provider.get(http), token, now())
            if claims["active"] is not True:
                raise TokenNotAccepted("invalid_token", "the provider does not accept this token")
        else:
            try:
                claims, _ = self.keys.verified_claims(token, http, ACCESS_TOKEN)
            except IdTokenSignature as error:
                raise TokenNotAccepted("invalid_token", f"not a token of the issuer: {error.detail}") from None
        check_access_claims(claims, self.issuer, self.audience, now())
        check_wanted(claims, wanted, now())
        return claims


def bearer(authorization: str | None) -> str:
    """Return the token of an `Authorization` header; raise `TokenNotAccepted` when it holds none.

    https://www.rfc-editor.org/rfc/rfc6750#section-2.1
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenNotAccepted("", "no bearer token")
    if not _TOKEN.fullmatch(token):
        raise TokenNotAccepted("invalid_request", "the header holds no bearer token")
    return token


def check_access_claims(claims: Mapping[str, Any], issuer: str, audience: str, now: float) -> tuple[Check, ...]:
    """Return the checks, all passed; raise `TokenNotAccepted` with the first that failed.

    An ID token is signed by the same key: it is not for this audience, and has a nonce or hashes that no access token
    has. https://www.rfc-editor.org/rfc/rfc9068#section-4
    """
    for_us = claims.get("aud")
    ends, starts = moment(claims.get("exp")), moment(claims.get("nbf", now))
    stranger = next((name for name in ("nonce", "at_hash", "c_hash") if name in claims), "")
    subject = claims.get("sub")
    checks = (
        Check("access token iss", issuer, _shown(claims.get("iss")), claims.get("iss") == issuer, RFC9068),
        Check("access token aud", audience, _shown(for_us), for_us in (audience, [audience]), RFC9068),
        Check("access token exp", f"after {int(now)}", _shown(claims.get("exp")),
              ends is not None and now < ends + LEEWAY, RFC9068),
        Check("access token nbf", f"not after {int(now)}", _shown(claims.get("nbf")),
              starts is not None and starts <= now + LEEWAY, RFC9068),
        Check("access token kind", "no claim of an ID token", stranger or "none", not stranger, RFC9068),
        Check("access token sub", "somebody", _shown(subject), isinstance(subject, str) and bool(subject), RFC9068),
    )  # fmt: skip
    for check in checks:
        if not check.passed:
            raise TokenNotAccepted("invalid_token", f"{check.name} is {check.actual}", check=check)
    return checks


def check_wanted(claims: Mapping[str, Any], wanted: Wanted, now: float) -> None:
    """Raise `TokenNotAccepted`, with what is wanted, for a token that is good and not good enough."""
    if wanted.scope:
        check = has_scope(claims.get("scope"), wanted.scope)
        if not check.passed:
            raise TokenNotAccepted("insufficient_scope", f"scope {wanted.scope} is needed", wanted, check)
    acr, weak = claims.get("acr"), "insufficient_user_authentication"
    if wanted.acr_values and not (isinstance(acr, str) and acr in wanted.acr_values.split()):
        check = Check("access token acr", wanted.acr_values, _shown(acr), False, STEP_UP)
        raise TokenNotAccepted(weak, "another sign-on policy is needed", wanted, check)
    if wanted.max_age is not None and not (check := recent(claims, wanted.max_age, True, now)).passed:
        raise TokenNotAccepted(weak, "a more recent sign-on is needed", wanted, check)


def _shown(value: object) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)[:200]
    if isinstance(value, str | int | float):
        return str(value)[:200]
    return "absent" if value is None else "of a wrong type"
