"""The cookies that bind attempts to a browser: one each, so that tabs that begin together do not disturb each other."""

import re
from contextlib import suppress
from typing import Any

from flask import Response, request

from ..oidc.attempt import Browser
from ..oidc.provider import origin
from ..signon.approvals import Approved
from ..signon.attempts import began_here
from ..signon.outcomes import Begun
from ..signon.signed_in import SignedIn
from ..store.protocol import StoreUnavailable
from ..store.traces import LIFETIME, is_of
from .context import services

MOST = 5
MOST_FOREIGN = 2
"""Attempts that another site's navigation began: beside the others, and not in their place."""
SECONDS = 3600
"""Longer than an attempt lives: its cookie later opens the story of a sign-on that was refused, or is signed off."""

HANDLE = re.compile(r"[0-9a-f]{8}[A-Za-z0-9_-]{8}(?:[A-Za-z0-9_-]{2})?", re.ASCII)
SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def _prefix() -> str:
    return services().settings.cookie_name("so.")


def attempts_of_browser() -> Browser:
    """Return handle -> secret of the attempt cookies that count, the oldest first; others are ignored.

    Anybody can invent a thousand of them, and for each one a caller looks into the store.
    """
    return dict(sorted([*_cookies(True)[-MOST:], *_cookies(False)[-MOST_FOREIGN:]]))


def _cookies(clicked: bool) -> list[tuple[str, str]]:
    """Handle and secret of the well-formed attempt cookies that began by a click here, or by another site.

    The oldest first: a handle begins with its time.
    """
    prefix = _prefix()
    named = ((name.removeprefix(prefix), value) for name, value in request.cookies.items() if name.startswith(prefix))
    found = (pair for pair in named if HANDLE.fullmatch(pair[0]) and SECRET.fullmatch(pair[1]))
    return sorted(pair for pair in found if clicked == began_here(pair[0]))


def bind(response: Response, begun: Begun) -> Response:
    """Give the browser the cookie of its new attempt; beyond five, the oldest are dropped, a few at a time.

    What another site began drops only what another site began: no navigation of theirs pushes out a sign-on of ours.
    """
    settings, clicked = services().settings, began_here(begun.id)
    most = MOST if clicked else MOST_FOREIGN
    for handle, _ in _cookies(clicked)[: -(most - 1)][:MOST]:
        unbind(response, handle)
    response.set_cookie(
        _prefix() + begun.id,
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


def clicked() -> bool:
    """Whether this request is a click on a page of ours, or the address bar's; not a navigation of another site.

    Browsers before 2023 send no `Sec-Fetch-Site`: then what came along as Referer decides, and nothing counts as ours.
    """
    site, referer = request.headers.get("Sec-Fetch-Site"), request.headers.get("Referer", "")
    if site is not None:
        return site in ("same-origin", "none")
    return not referer or origin(referer) == origin(services().settings.public_url)


def leave_story(response: Response, person: SignedIn) -> Response:
    """The session that owned the story has ended: let its browser read it for an hour more, by a cookie of its own."""
    secret, until = services().sign_on.token(32), services().now() + LIFETIME
    with suppress(StoreUnavailable):  # A story that cannot be left undoes no sign-off.
        if services().traces.hand_over(person.trace, secret, person.subject, until):
            bind(response, Begun(person.trace, secret))
    return response


def leave_approval(response: Response, approved: Approved) -> Response:
    """The story of an approval is its browser's from the beginning, in the same way."""
    secret, until = services().sign_on.token(32), services().now() + LIFETIME
    with suppress(StoreUnavailable):  # It was approved, whether or not that can be read again.
        services().traces.leave(approved.trace, secret, approved.subject, until, approved.story)
        bind(response, Begun(approved.trace, secret))
    return response


def story_left() -> dict[str, Any] | None:
    """Return the newest story that a session left to this browser: its `id`, and `until` when (seconds)."""
    browser = attempts_of_browser()
    with suppress(StoreUnavailable):
        for handle in reversed([*browser]):
            left = services().traces.left_behind(handle, browser.values())
            if left is not None:
                return {"id": handle, "until": left[1]}
    return None


def drop_stories_of_others(response: Response, person: SignedIn) -> Response:
    """Somebody has signed on: what others left to this browser is not for them.

    Nobody can say whose a refused sign-on was. Where another user was here, it goes too.
    """
    browser, traces, refused, others = attempts_of_browser(), services().traces, [], False
    for handle in [handle for handle in browser if handle not in person.attempts]:
        try:
            left = traces.left_behind(handle, browser.values())
            if left is None:
                refused.append(handle)
            if left is None or is_of(left[0], person.subject):
                continue
            others = True
            traces.forget(handle, browser.values())
        except StoreUnavailable:
            pass  # Its owner cannot be known: its cookie goes.
        unbind(response, handle)
    with suppress(StoreUnavailable):
        for handle in refused if others else ():
            traces.forget(handle, browser.values())
    return response


def browser_in_words(agent: str) -> str:
    """Return which browser this is in a few words of ours: nothing of what it says about itself is kept."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
