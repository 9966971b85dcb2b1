"""Sign-off started by us (OpenID Connect RP-Initiated Logout 1.0)."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import requests

from .errors import SignOnError
from .provider import Provider
from .wire import send

LONGEST_URL = 7000
"""Characters that every server on the way takes; beyond it the hint travels as a form."""


def sign_off_parameters(id_token: str, post_logout_redirect_uri: str, state: str) -> dict[str, str]:
    """https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout"""
    members = {
        "id_token_hint": id_token,
        "post_logout_redirect_uri": post_logout_redirect_uri,
        "state": state,
    }
    return {name: value for name, value in members.items() if value}


@dataclass(frozen=True)
class SignOffRequest:
    """Where sign-off goes. An empty `url`: nowhere. With a `form`, its fields travel in the body of a POST."""

    url: str = ""
    form: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def method(self) -> str:
        return "POST" if self.form else "GET"


def sign_off_request(provider: Provider, parameters: dict[str, str]) -> SignOffRequest:
    """Return the request that ends PingOne's session, as a form when the address would be too long for a server.

    An ID token with many claims makes such an address; a truncated hint would be refused. PingOne takes both:
    https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorization/signoff-post.html
    """
    endpoint = provider.end_session_endpoint
    if not endpoint:
        return SignOffRequest()
    url = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"
    return SignOffRequest(url) if len(url) <= LONGEST_URL else SignOffRequest(endpoint, parameters)


def end_held_session(
    http: requests.Session, request: SignOffRequest, headers: Mapping[str, str], timeout: float
) -> None:
    """End the PingOne session whose cookies are in `headers`, in `timeout` seconds or not at all."""
    headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"} if request.form else headers
    with contextlib.suppress(SignOnError):
        send(http, request.method, request.url, headers=headers, body=urlencode(request.form) or None, timeout=timeout)
