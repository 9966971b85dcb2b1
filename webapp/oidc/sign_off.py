"""Sign-off started by us (OpenID Connect RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode

from .provider import Provider

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


def sign_off_url(provider: Provider, parameters: dict[str, str]) -> str:
    """Return the URL for the browser, an empty text when PingOne has no such endpoint."""
    if not provider.end_session_endpoint:
        return ""
    joiner = "&" if "?" in provider.end_session_endpoint else "?"
    return f"{provider.end_session_endpoint}{joiner}{urlencode(parameters)}"
