"""The token endpoint: a code for tokens, a refresh token for new ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .client import Client, post_form
from .errors import ProviderError, TokenRefused
from .http import Answer, HttpClient
from .provider import Provider
from .wire import said


@dataclass(frozen=True)
class TokenSet:
    """What the token endpoint gave. `expires_in`: seconds from now, None when it did not say; `scope`: with spaces."""

    access_token: str = field(repr=False)
    id_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_in: int | None = None
    scope: str = ""


def nowhere(tokens: TokenSet) -> None:
    """Leave tokens of an answer that was refused to themselves."""


def exchange_code(
    http: HttpClient,
    client: Client,
    provider: Provider,
    *,
    code: str,
    verifier: str,
    redirect_uri: str,
    now: float,
    unusable: Callable[[TokenSet], None] = nowhere,
) -> TokenSet:
    """Redeem the code, once. It is never sent again: a second attempt could revoke the tokens of the first.

    https://www.rfc-editor.org/rfc/rfc7636#section-4.5
    `unusable` is called with the tokens that an answer brought which is refused: they are to be given back.
    `now`: seconds since 1970, UTC. Raises `TokenRefused`, `ProviderError`, `ProviderUnreachable`.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _parsed(post_form(http, client, provider, provider.token_endpoint, form, now), unusable)


def refresh(
    http: HttpClient,
    client: Client,
    provider: Provider,
    refresh_token: str,
    now: float,
    unusable: Callable[[TokenSet], None] = nowhere,
) -> TokenSet:
    """Spend a refresh token. Providers rotate it: the answer's, if there is one, replaces the one that was spent.

    https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens
    `unusable`: as for `exchange_code`.
    `now`: seconds since 1970, UTC. Raises `TokenRefused`, `ProviderError`, `ProviderUnreachable`.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _parsed(post_form(http, client, provider, provider.token_endpoint, form, now), unusable)


def _parsed(answer: Answer, unusable: Callable[[TokenSet], None]) -> TokenSet:
    if 400 <= answer.status < 500:
        words = said(answer)
        raise TokenRefused(f"{answer.status} {words.error}", said=words)
    if answer.status != 200:
        raise ProviderError(f"the token endpoint answered {answer.status}")
    members = answer.object()
    try:
        return parse_tokens(members)
    except ProviderError:
        access_token, refresh_token = (_token(members, name) for name in ("access_token", "refresh_token"))
        if access_token or refresh_token:
            unusable(TokenSet(access_token, refresh_token=refresh_token))
        raise


def _token(members: Mapping[str, Any], name: str) -> str:
    try:
        return _text(members, name)
    except ProviderError:
        return ""


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
        raise ProviderError(f"{name} is not a string")
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
