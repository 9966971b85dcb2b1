"""Questions about a token after sign-on: userinfo, introspection, revocation."""

from collections.abc import Mapping, Sequence
from typing import Any

from .checks import Check, same
from .client import Client, post_form
from .errors import ProviderError, QuestionRefused, SubjectChanged, TheySaid
from .http import HttpClient
from .provider import Provider
from .wire import said, send

SUB_SOURCE = "https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse"


def fetch_userinfo(
    http: HttpClient, provider: Provider, access_token: str, subject: str
) -> tuple[dict[str, Any], Check]:
    """Return the claims about `subject` and the check that they are about `subject`.

    The token goes into the header, never into the query (RFC 6750 section 5.3). Claims from elsewhere
    (`_claim_sources`) are not followed: their addresses are not the provider's own.
    Raises `QuestionRefused` (4xx), `ProviderError`, `ProviderUnreachable`, `SubjectChanged`.
    """
    if not provider.userinfo_endpoint:
        raise ProviderError("the provider names no userinfo endpoint")
    headers = {"Authorization": f"Bearer {access_token}"}
    answer = send(http, "GET", provider.userinfo_endpoint, headers=headers)
    if 400 <= answer.status < 500:
        words = said(answer)
        raise QuestionRefused(f"userinfo {answer.status}", said=words)
    if answer.status != 200:
        raise ProviderError(f"userinfo answered {answer.status}")
    claims = answer.object()
    actual = claims.get("sub")
    passed = isinstance(actual, str) and same(actual, subject)
    check = Check("userinfo sub", "the ID token's sub", "equal" if passed else "different", passed, SUB_SOURCE)
    if not passed:
        raise SubjectChanged("the userinfo answer names another sub", check=check, checks=(check,))
    return claims, check


OF_THE_TOKEN = {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "azp", "auth_time", "acr", "amr", "sid"}
"""What is believed because it was signed for this sign-on: userinfo's answer is neither."""


def completed(
    http: HttpClient, provider: Provider, access_token: str, claims: Mapping[str, Any], wanted: Sequence[str]
) -> tuple[dict[str, Any], tuple[str, ...], tuple[Check, ...]]:
    """Return the claims with what of `wanted` the ID token lacks, the names that came from userinfo, and the check.

    No call is made where nothing is missing. What userinfo does not say, or cannot be asked, stays absent: the code
    that needs it decides. Raises `SubjectChanged` when the answer is about another user.
    """
    missing = [name for name in wanted if name not in claims and name not in OF_THE_TOKEN]
    if not missing or not provider.userinfo_endpoint:
        return dict(claims), (), ()
    try:
        found, check = fetch_userinfo(http, provider, access_token, claims["sub"])
    except TheySaid:
        return dict(claims), (), ()
    more = {name: found[name] for name in missing if name in found}
    return {**claims, **more}, tuple(more), (check,)


def introspect(http: HttpClient, client: Client, provider: Provider, token: str, now: float) -> dict[str, Any]:
    """Ask the provider about the state of a token: `{"active": bool, ...}`, with further members as it likes.

    https://www.rfc-editor.org/rfc/rfc7662#section-2
    `now`: seconds since 1970, UTC. Raises `QuestionRefused` for any status but 200, `ProviderError`,
    `ProviderUnreachable`.
    """
    if not provider.introspection_endpoint:
        raise ProviderError("the provider names no introspection endpoint")
    answer = post_form(http, client, provider, provider.introspection_endpoint, {"token": token}, now)
    if answer.status != 200:
        words = said(answer)
        raise QuestionRefused(f"introspection {answer.status} {words.error}", said=words)
    members = answer.object()
    if not isinstance(members.get("active"), bool):
        raise ProviderError("the introspection answer has no member active")
    return members


def revoke(
    http: HttpClient,
    client: Client,
    provider: Provider,
    token: str,
    hint: str,
    now: float,
    timeout: float | None = None,
) -> None:
    """Ask the provider to revoke a token. Some can do so for some tokens only.

    `hint` is `refresh_token` or `access_token`, `now` seconds since 1970, UTC, `timeout` seconds.
    https://www.rfc-editor.org/rfc/rfc7009#section-2
    Raises `QuestionRefused` for any status but 200 and 204, `ProviderError`, `ProviderUnreachable`.
    """
    if not provider.revocation_endpoint:
        raise ProviderError("the provider names no revocation endpoint")
    form = {"token": token, "token_type_hint": hint}
    answer = post_form(http, client, provider, provider.revocation_endpoint, form, now, timeout)
    if answer.status not in (200, 204):
        words = said(answer)
        raise QuestionRefused(f"revocation {answer.status} {words.error}", said=words)
