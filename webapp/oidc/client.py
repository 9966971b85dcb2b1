"""Who we are at the token endpoint: the five ways in which a client proves itself, one function each.

A provider accepts the method that the application is registered with, and often no other, right secret or not.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from authlib.oauth2.rfc7523.assertion import client_secret_jwt_sign, private_key_jwt_sign
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from .http import Answer, HttpClient
from .keys import MINIMUM_BITS, bits_of
from .provider import Provider
from .strict_json import parse_object
from .wire import encoded, send

ASSERTION_SECONDS = 60
"""An assertion is made for one call; Authlib's hour would keep a stolen assertion usable for too long."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Client:
    """The application as registered at the provider.

    `method`: `none` (a public client), `client_secret_basic`, `client_secret_post`, `client_secret_jwt` or
    `private_key_jwt`. `key`: the secret; for `private_key_jwt` an RSA private key as PEM or JWK, whose `kid` goes into
    the header of each assertion. Raises `ValueError` for another method and for a key that cannot sign.
    """

    client_id: str
    method: str = "none"
    key: str = field(default="", repr=False)
    signing: RSAKey | None = field(default=None, init=False, repr=False, compare=False)
    """The parsed private key: reading a PEM for each call would cost milliseconds."""

    def __post_init__(self) -> None:
        if not self.client_id:
            raise ValueError("a client has a client_id")
        if self.method not in METHODS:
            raise ValueError(f"no such client authentication method: {self.method}")
        if self.method != "none" and not self.key:
            raise ValueError(f"{self.method} needs a key")
        if self.method == "private_key_jwt":
            object.__setattr__(self, "signing", private_key(self.key))


Members = dict[str, str]
Authenticate = Callable[[Client, Provider, float], tuple[Members, Members]]
"""Takes the time (seconds since 1970, UTC); returns the request headers and form members that prove the client."""


def post_form(
    http: HttpClient,
    client: Client,
    provider: Provider,
    url: str,
    form: Mapping[str, str],
    now: float,
    timeout: float | None = None,
) -> Answer:
    """POST `form` to an endpoint that authenticates the client, and return the answer.

    `now`: seconds since 1970, UTC, for assertions. Raises `ProviderUnreachable` and `ProviderError` as `wire.send`.
    """
    headers, members = METHODS[client.method](client, provider, now)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    # A parameter that comes twice is refused: what a method writes itself replaces what the form has.
    return send(http, "POST", url, headers=headers, body=encoded({**form, **members}), timeout=timeout)


def none(client: Client, provider: Provider, now: float) -> tuple[Members, Members]:
    """A public client says who it is and proves nothing: PKCE does (RFC 6749 section 3.2.1)."""
    return {}, {"client_id": client.client_id}


def client_secret_post(client: Client, provider: Provider, now: float) -> tuple[Members, Members]:
    """The secret in the form: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1"""
    return {}, {"client_id": client.client_id, "client_secret": client.key}


def client_secret_basic(client: Client, provider: Provider, now: float) -> tuple[Members, Members]:
    """Both halves are form-urlencoded first: otherwise a secret with `:`, `%` or `+` is read as another one.

    https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
    """
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.key)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")}, {}


def client_secret_jwt(client: Client, provider: Provider, now: float) -> tuple[Members, Members]:
    """An assertion signed with the secret (HS256): the secret itself is not sent.

    https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
    """
    key = OctKey.import_key(client.key)
    return {}, _assertion(
        client_secret_jwt_sign(key, client.client_id, provider.issuer, issued_at=int(now), expires_in=ASSERTION_SECONDS)
    )


def private_key_jwt(client: Client, provider: Provider, now: float) -> tuple[Members, Members]:
    """An assertion signed with our private key (RS256): the provider knows the public one alone.

    https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
    """
    key = client.signing
    assert key is not None  # noqa: S101  # `Client` has seen to it
    header = {"kid": key.kid} if key.kid else {}
    return {}, _assertion(
        private_key_jwt_sign(
            key,
            client.client_id,
            provider.issuer,
            header=header,
            issued_at=int(now),
            expires_in=ASSERTION_SECONDS,
        )
    )


def _assertion(signed: str) -> Members:
    # The audience is the issuer: an assertion made for one endpoint's URL could be replayed by anyone who gets us to
    # accept a foreign endpoint (the audience rule of the RFC 7523 update).
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


METHODS: dict[str, Authenticate] = {
    each.__name__: each for each in (none, client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt)
}


def private_key(text: str) -> RSAKey:
    """Return the RSA private key in a PEM or a JWK; raise `ValueError` with the reason when it cannot sign RS256."""
    try:
        key = RSAKey.import_key(parse_object(text) if text.lstrip().startswith("{") else text)
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        raise ValueError(f"not an RSA private key, neither PEM nor JWK: {type(fault).__name__}") from None
    if not key.is_private:
        raise ValueError("this is the public half of the key: nothing can be signed with it")
    if (bits := bits_of(str(key.as_dict(private=False)["n"]))) < MINIMUM_BITS:
        raise ValueError(f"the key has {bits} bits, fewer than {MINIMUM_BITS}")
    return key
