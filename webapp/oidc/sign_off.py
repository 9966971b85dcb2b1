"""Sign-off started by us (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import SignOnError
from .http import HttpClient
from .provider import Provider
from .wire import encoded, send

LONGEST_URL = 7000
"""Length that every server on the way accepts; beyond it the hint travels as a form."""


def sign_off_parameters(id_token: str, post_logout_redirect_uri: str, state: str) -> dict[str, str]:
    """Return what the end-session endpoint is given; empty members are left out.

    https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
    """
    members = {
        "id_token_hint": id_token,
        "post_logout_redirect_uri": post_logout_redirect_uri,
        "state": state,
    }
    return {name: value for name, value in members.items() if value}


@dataclass(frozen=True)
class SignOffRequest:
    """The request that ends the provider's session, if `url` is not empty. With a `form`, its fields are POSTed."""

    url: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    undone: tuple[str, ...] = ()
    """What could not be done: `revocation` (the refresh token lives), `session` (the provider's session does)."""

    @property
    def method(self) -> str:
        """How the browser gets there."""
        return "POST" if self.form else "GET"


def sign_off_request(provider: Provider, parameters: dict[str, str]) -> SignOffRequest:
    """Return the request that ends the provider's session, as a form when the address would be too long for a server.

    An ID token with many claims makes such an address; a truncated hint would be refused. GET and POST are accepted:
    https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
    """
    endpoint = provider.end_session_endpoint
    if not endpoint:
        return SignOffRequest()
    url = f"{endpoint}{'&' if '?' in endpoint else '?'}{encoded(parameters)}"
    return SignOffRequest(url) if len(url) <= LONGEST_URL else SignOffRequest(endpoint, parameters)


def end_held_session(http: HttpClient, request: SignOffRequest, cookies: Mapping[str, str], timeout: float) -> bool:
    """End the provider's session that `cookies` are, in `timeout` seconds; whether that went well. Raises nothing."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if request.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = encoded(request.form) or None
    try:
        return send(http, request.method, request.url, headers=headers, body=body, timeout=timeout).status < 400
    except SignOnError:
        return False
