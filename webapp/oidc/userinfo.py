"""Questions about a token after sign-on: userinfo, introspection, revocation."""

from typing import Any

import requests

from .checks import Check, same
from .client import Client, post_form
from .errors import ProviderError, QuestionRefused, SubjectChanged
from .provider import Provider
from .wire import TIMEOUT, said, send

SUB_SOURCE = "https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse"


def fetch_userinfo(
    http: requests.Session, provider: Provider, access_token: str, subject: str
) -> tuple[dict[str, Any], Check]:
    """Return the claims about `subject` and the check that they are about `subject`.

    The token goes into the header, never into the query (RFC 6750 section 5.3). Claims from elsewhere
    (`_claim_sources`) are not followed: their addresses are somebody else's choice.
    Raises `QuestionRefused` (401, 403), `ProviderError`, `ProviderUnreachable`, `SubjectChanged`.
    """
    if not provider.userinfo_endpoint:
        raise ProviderError("PingOne names no userinfo endpoint")
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


def introspect(http: requests.Session, client: Client, provider: Provider, token: str) -> dict[str, Any]:
    """Ask PingOne what it thinks of a token (RFC 7662): `{"active": bool, ...}`."""
    if not provider.introspection_endpoint:
        raise ProviderError("PingOne names no introspection endpoint")
    answer = post_form(http, client, provider, provider.introspection_endpoint, {"token": token})
    if answer.status != 200:
        words = said(answer)
        raise QuestionRefused(f"introspection {answer.status} {words.error}", said=words)
    members = answer.object()
    if not isinstance(members.get("active"), bool):
        raise ProviderError("the introspection answer has no member active")
    return members


def revoke(
    http: requests.Session,
    client: Client,
    provider: Provider,
    token: str,
    hint: str,
    timeout: float | tuple[float, float] = TIMEOUT,
) -> None:
    """Ask PingOne to forget a token (RFC 7009). PingOne honours it only for tokens of custom resources."""
    if not provider.revocation_endpoint:
        raise ProviderError("PingOne names no revocation endpoint")
    form = {"token": token, "token_type_hint": hint}
    answer = post_form(http, client, provider, provider.revocation_endpoint, form, timeout)
    if answer.status not in (200, 204):
        words = said(answer)
        raise QuestionRefused(f"revocation {answer.status} {words.error}", said=words)
