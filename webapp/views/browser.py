"""The cookies that bind attempts to a browser: one each, so that tabs that begin at once do not disturb each other."""

import re

from flask import Response, request

from ..signon import Begun
from ..store.pending import Browser
from .context import services

MOST = 5
SECONDS = 3600
"""Longer than an attempt lives: its cookie later opens the story of a sign-on that was refused."""

HANDLE = re.compile(r"[0-9a-f]{8}[A-Za-z0-9_-]{8}", re.ASCII)
SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def _prefix() -> str:
    # `__Host-` keeps a neighbouring subdomain from setting our cookies; browsers accept it with https only.
    return "__Host-so." if services().settings.secure_cookies else "so."


def attempts_of_browser() -> Browser:
    """Return handle -> secret of the newest five attempt cookies, the oldest of them first; others are ignored.

    Anybody can invent a thousand of them, and for each one a caller looks into the store.
    """
    return dict(_cookies()[-MOST:])


def _cookies() -> list[tuple[str, str]]:
    """Handle and secret of every well-formed attempt cookie, the oldest first: a handle begins with its time."""
    prefix = _prefix()
    named = ((name.removeprefix(prefix), value) for name, value in request.cookies.items() if name.startswith(prefix))
    return sorted(pair for pair in named if HANDLE.fullmatch(pair[0]) and SECRET.fullmatch(pair[1]))


def bind(response: Response, begun: Begun) -> Response:
    """Give the browser the cookie of its new attempt; beyond five, the oldest are dropped, a few at a time."""
    settings = services().settings
    for handle, _ in _cookies()[: -(MOST - 1)][:MOST]:
        unbind(response, handle)
    response.set_cookie(
        _prefix() + begun.handle,
        begun.secret,
        max_age=SECONDS,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        # Lax: the return from PingOne is a cross-site navigation, on which a Strict cookie stays at home.
        samesite="Lax",
    )
    return response


def unbind(response: Response, *handles: str) -> Response:
    """Delete the cookies of attempts. Browsers ignore the deletion of a `__Host-` cookie that is not Secure."""
    for handle in handles:
        response.delete_cookie(
            _prefix() + handle,
            path="/",
            secure=services().settings.secure_cookies,
            httponly=True,
            samesite="Lax",
        )
    return response
