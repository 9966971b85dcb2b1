"""OpenID Connect session management: what lets a page of the application notice that the session has changed.

https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions
"""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import urlsplit

from .sessions import Session


def browser_state(session: Session | None) -> str:
    """A value that changes with each sign-on and sign-off, and that tells nobody the session's cookie."""
    cookie = "" if session is None else session.cookie
    return hashlib.sha256(f"browser state of {cookie}".encode()).hexdigest()


def session_state(session: Session | None, client_id: str, redirect_uri: str) -> str:
    """The parameter of an authorization response: a salted digest and its salt."""
    origin, salt = urlsplit(redirect_uri), secrets.token_hex(8)
    told = f"{client_id} {origin.scheme}://{origin.netloc} {browser_state(session)} {salt}"
    return f"{hashlib.sha256(told.encode()).hexdigest()}.{salt}"
