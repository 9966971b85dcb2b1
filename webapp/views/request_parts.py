"""The parameters of an authorization request: why each is there, and which document says so."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from ..oidc.attempt import Attempt
from ..signon.changed import NOTE
from ..signon.turns import mode_of
from .context import services

CORE = "https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest"
PKCE = "https://www.rfc-editor.org/rfc/rfc7636#section-4.3"
PINGONE = "https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorize-intro.html"
WHY = {
    "response_type": ("Ask for a code and nothing else: tokens never travel through the browser.", CORE),
    "client_id": ("Identifies the application.", CORE),
    "redirect_uri": ("Where the response goes. It must match a registered URI exactly.", CORE),
    "scope": ("What is asked for. With `openid` it is a sign-on.", CORE),
    "state": ("Binds the response to this browser; compared before anything else is examined.",
              "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"),
    "nonce": ("Comes back inside the ID token, so that a token made for another sign-on is refused.", CORE),
    "code_challenge": ("The hash of a secret that stays here. Anyone who steals the code cannot redeem it.", PKCE),
    "code_challenge_method": ("SHA-256. PingOne would read a missing method as `plain`.", PKCE),
    "response_mode": ("PingOne answers our server with a flow in JSON instead of a page.", PINGONE),
    "prompt": ("`login` prompts even if a session exists; `none` fails instead of prompting.", CORE),
    "max_age": ("Maximum age of the last sign-on, in seconds; we then check `auth_time`.", CORE),
    "login_hint": ("Fills in the user name.", CORE),
    "acr_values": ("Names of sign-on policies, by preference. We then check `acr`.", PINGONE),
}  # fmt: skip
FORM_POST = "PingOne’s page posts the answer to us, so that the code appears in no URL."
NO_MODE = "How the answer comes: in the query, unless this says `form_post` or `fragment`."
MODES = ("hosted", "redirectless", "custom")
WISHES = ("scope", "prompt", "max_age", "login_hint", "acr_values")
IGNORED = {
    "max_age": "`max_age` must be a whole number of seconds; ignored.",
    "prompt": "`prompt` must be `login` or `none`; ignored.",
}


ORDER = (*WHY,)
OMIT = "omit"


def explained(name: str, value: str) -> tuple[str, str]:
    """Return why a parameter is there, and the source of that."""
    if name == "response_mode" and value != "pi.flow":
        return (FORM_POST if value == "form_post" else NO_MODE), PINGONE
    return WHY[name]


def scenario(mode: str, wishes: Mapping[str, Any], changes: Mapping[str, str]) -> str:
    """Return the query with which the editor shows a request."""
    plain = {name: str(value) for name, value in wishes.items() if value not in ("", None)}
    if plain.get("scope") == services().settings.scopes:
        del plain["scope"]
    pairs = [("mode", mode), *(plain | {name: value for name, value in changes.items() if value}).items()]
    return urlencode([*pairs, *((OMIT, name) for name, value in changes.items() if not value)])


def edit_url(attempt: Attempt) -> str:
    """Return where the request of an attempt can be changed: with its mode, its wishes and its changes."""
    wishes = {**vars(attempt.ask), "return_to": attempt.note.get("return_to", "")}
    return url_for("prepare.show") + "?" + scenario(mode_of(attempt), wishes, attempt.note.get(NOTE, {}))
