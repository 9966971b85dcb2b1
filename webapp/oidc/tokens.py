"""The token endpoint: a code for tokens, a refresh token for new ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from .client import Client, post_form
from .errors import ProviderError, TokenRefused
from .provider import Provider
from .wire import Answer, said


@dataclass(frozen=True)
class TokenSet:
    """What the token endpoint gave. `expires_in` is seconds from now; None when PingOne did not say."""

    access_token: str = field(repr=False)
    id_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_in: int | None = None
    scope: str = ""


def exchange_code(
    http: requests.Session, client: Client, provider: Provider, *, code: str, verifier: str, redirect_uri: str
) -> TokenSet:
    """Redeem the code, once. It is never sent again: a second attempt would revoke what the first one got.

    https://www.rfc-editor.org/rfc/rfc7636#section-4.5
    Raises `TokenRefused`, `ProviderError`, `ProviderUnreachable`.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    tokens = _parsed(post_form(http, client, provider, provider.token_endpoint, form))
    if not tokens.id_token:
        raise ProviderError("the token answer has no id_token: is openid among the scopes?")
    return tokens


def refresh(http: requests.Session, client: Client, provider: Provider, refresh_token: str) -> TokenSet:
    """Spend a refresh token. PingOne rotates it: the answer's replaces the one that was spent.

    https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _parsed(post_form(http, client, provider, provider.token_endpoint, form))


def _parsed(answer: Answer) -> TokenSet:
    if 400 <= answer.status < 500:
        words = said(answer)
        raise TokenRefused(f"{answer.status} {words.error}", said=words)
    if answer.status != 200:
        raise ProviderError(f"the token endpoint answered {answer.status}")
    return parse_tokens(answer.object())


def parse_tokens(members: Mapping[str, Any]) -> TokenSet:
    """Return the token set; raise `ProviderError` for a member of the wrong type. Unknown members are ignored.

    https://www.rfc-editor.org/rfc/rfc6749#section-5.1
    """
    kind = _text(members, "token_type")
    if kind.lower() != "bearer":
        raise ProviderError(f"token_type is {kind[:40] or 'absent'}, expected Bearer")
    access_token = _text(members, "access_token")
    if not access_token:
        raise ProviderError("the token answer has no access_token")
    return TokenSet(
        access_token=access_token,
        id_token=_text(members, "id_token"),
        refresh_token=_text(members, "refresh_token"),
        expires_in=_seconds(members),
        scope=_text(members, "scope"),
    )


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name, "")
    if not isinstance(value, str):
        raise ProviderError(f"{name} is not a text")
    if name.endswith("_token") and not (value.isascii() and value.isprintable() and " " not in value):
        # A token goes into a header: a line break in it would start a second header.
        raise ProviderError(f"{name} holds characters that no token has")
    return value


def _seconds(members: Mapping[str, Any]) -> int | None:
    value = members.get("expires_in")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**31:
        raise ProviderError("expires_in is not a number of seconds")
    return int(value)
