"""Who we are at the token endpoint: the five ways in which PingOne lets an application prove itself.

PingOne accepts exactly the method that the application is configured with, even if the secret is right.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

import requests
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT

from .provider import Provider
from .wire import TIMEOUT, Answer, send

ASSERTION_SECONDS = 60
"""An assertion is made for one call; Authlib's hour would leave a stolen one useful for long."""


@dataclass(frozen=True)
class Client:
    """The application as registered at PingOne. `key` is the secret, or the PEM or JWK for `private_key_jwt`."""

    client_id: str
    method: str = "none"
    key: str = field(default="", repr=False)


def post_form(
    http: requests.Session,
    client: Client,
    provider: Provider,
    url: str,
    form: dict[str, str],
    timeout: float | tuple[float, float] = TIMEOUT,
) -> Answer:
    """POST `form` to an endpoint that authenticates the client, and return the answer.

    Raises as `wire.send` does.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    how = _authenticator(client, provider)
    if client.method in ("none", "client_secret_post"):
        # These methods write the client id into the form themselves, and a parameter that comes twice is refused.
        form = {name: value for name, value in form.items() if name != "client_id"}
    auth = ClientAuth(client.client_id, client.key, how)
    url, headers, body = auth.prepare("POST", url, headers, urlencode(form))
    return send(http, "POST", url, headers=headers, body=body, timeout=timeout)


def _authenticator(client: Client, provider: Provider) -> str | Callable[..., Any]:
    # The audience of an assertion is the issuer: an assertion made for one endpoint's URL could be replayed by
    # whoever gets us to accept a foreign endpoint (the audience rule of the RFC 7523 update).
    # A fresh dict for each assertion: Authlib notes the jti in it, and a jti may be used once.
    short = {"exp": int(time.time()) + ASSERTION_SECONDS}
    methods: dict[str, Callable[..., Any]] = {
        "client_secret_basic": _basic,
        "client_secret_jwt": ClientSecretJWT(provider.issuer, short),
        "private_key_jwt": PrivateKeyJWT(provider.issuer, short),
    }
    return methods.get(client.method, client.method)


def _basic(
    auth: ClientAuth, method: str, url: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    """Both halves are form-urlencoded first: otherwise a secret with `:`, `%` or `+` is read as another one.

    https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
    """
    pair = f"{quote_plus(auth.client_id)}:{quote_plus(auth.client_secret)}"
    headers["Authorization"] = "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
    return url, headers, body
