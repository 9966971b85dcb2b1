"""The authorization request in words, before it is sent."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from ..oidc.errors import SignOnError
from ..oidc.request import AuthorizationRequest
from .asking import ask
from .context import services

CORE = "https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest"
PKCE = "https://www.rfc-editor.org/rfc/rfc7636#section-4.3"
PINGONE = "https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorize-intro.html"
WHY = {
    "response_type": ("Ask for a code and nothing else: tokens never travel through the browser.", CORE),
    "client_id": ("Identifies the application.", CORE),
    "redirect_uri": ("Where the response goes. It must match a registered URI exactly.", CORE),
    "scope": ("What is asked for. openid makes it a sign-on.", CORE),
    "state": ("Binds the response to this browser; compared before anything else is examined.",
              "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"),
    "nonce": ("Comes back inside the ID token, so that a token made for another sign-on is refused.", CORE),
    "code_challenge": ("The hash of a secret that stays here. Anyone who steals the code cannot redeem it.", PKCE),
    "code_challenge_method": ("SHA-256. PingOne would read a missing method as plain.", PKCE),
    "response_mode": ("PingOne answers our server with a flow in JSON instead of a page.", PINGONE),
    "prompt": ("login prompts even if a session exists; none fails instead of prompting.", CORE),
    "max_age": ("Maximum age of the last sign-on, in seconds; we then check auth_time.", CORE),
    "login_hint": ("Fills in the user name.", CORE),
    "acr_values": ("Names of sign-on policies, by preference. We then check acr.", PINGONE),
}  # fmt: skip
FORM_POST = "PingOne’s page posts the answer to us, so that the code appears in no URL."
MODES = ("hosted", "redirectless", "custom")
WISHES = ("scope", "prompt", "max_age", "login_hint", "acr_values")
IGNORED = {
    "max_age": "max_age must be a whole number of seconds; ignored.",
    "prompt": "prompt must be login or none; ignored.",
}


def explained_request(mode: str, return_to: str) -> dict[str, Any]:
    """Return the context of the page: every parameter with its value and its reason, and the link that sends it."""
    mode = mode if mode in MODES else "hosted"
    wishes = ask(services().settings.scopes)
    parties = services().sign_on.parties
    party = parties.of_mode(mode)
    response_mode = "pi.flow" if mode == "redirectless" else parties.response_mode
    # Not an attempt: nothing secret is made for a page that only explains.
    sample = AuthorizationRequest(
        party.client.client_id, party.redirect_uri, wishes, "state", "nonce", "verifier", response_mode
    )
    fresh = {"state", "nonce", "code_challenge"}
    rows = [
        {
            "name": name,
            "value": "generated when you start" if name in fresh else value,
            "why": FORM_POST if (name, value) == ("response_mode", "form_post") else WHY[name][0],
            "source": WHY[name][1],
        }
        for name, value in sample.parameters().items()
    ]
    asked = {name: request.args.get(name, "") for name in WISHES} | {"return_to": return_to}
    query = urlencode({name: value for name, value in asked.items() if value})
    ignored = [name for name in WISHES if asked[name] and name not in sample.parameters()]
    return {
        "mode": mode,
        "rows": rows,
        "asked": asked,
        "start_url": url_for(f"sign_on.{mode}") + (f"?{query}" if query else ""),
        "endpoint": _endpoint(),
        "warnings": [IGNORED.get(name, f"{name} is not valid; ignored.") for name in ignored],
    }


def _endpoint() -> str:
    try:
        return services().sign_on.parties.main.provider.get().authorization_endpoint
    except SignOnError:
        return f"{services().settings.issuer}/authorize"
