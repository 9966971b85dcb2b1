"""Signing off, the page that PingOne sends the browser back to, and what of a sign-on can be read afterwards."""

import hashlib
from contextlib import suppress

from flask import Response, make_response, render_template, request, url_for

from ..oidc.checks import same
from ..store.protocol import StoreUnavailable
from . import logs
from .browser import attempts_of_browser, leave_story, story_left, unbind
from .context import own_session, services, signed_in
from .protection import go_to
from .session import pages


@pages.post("/sign-off")
def sign_off() -> Response:
    """End the session here, first and in any case; then let PingOne end its own.

    The browser loses its cookie whatever fails. What could not be done is kept for the page that it comes back to.
    """
    session, settings = own_session(), services().settings
    done = services().session_use.sign_offs.by_owner(session.offered, signed_in())
    session.forget()
    browser = attempts_of_browser()
    over = services().sign_on.end_attempts(browser)
    away = done.request
    if away.form:
        response = make_response(render_template("sign_off_form.html", action=away.url, fields=away.form))
    else:
        response = go_to(away.url or settings.post_logout_redirect_uri)
    response.headers["Clear-Site-Data"] = '"cache"'
    unbind(response, *(browser.keys() - over))
    if done.person is not None:
        logs.event("signed_off", mode=done.person.mode, subject=done.person.subject)
        leave_story(response, done.person)
    if away.url or done.left:
        expected = hashlib.sha256(done.state.encode()).hexdigest() if away.url else ""
        response.set_cookie(
            _state_cookie(), f"{expected}.{'-'.join(done.left)}", max_age=600, path="/", httponly=True,
            secure=settings.secure_cookies, samesite="Lax",
        )  # fmt: skip
    return response


def _state_cookie() -> str:
    return services().settings.cookie_name("off")


@pages.get("/signed-off")
def signed_off() -> Response:
    """Where PingOne sends the browser afterwards. A wrong state changes nothing: the session ended before."""
    kept, state = request.cookies.get(_state_cookie(), ""), request.args.get("state", "")
    expected, _, left = kept.partition(".")
    state_ok: bool | None = None
    if expected:
        state_ok = same(expected, hashlib.sha256(state.encode("utf-8", "replace")).hexdigest())
    page = make_response(
        render_template(
            "signed_off.html",
            how="pingone" if state_ok else "here",
            state_ok=state_ok,
            left=left.split("-"),
            story=story_left(),
        )
    )
    if kept:
        page.delete_cookie(_state_cookie(), path="/", secure=services().settings.secure_cookies, httponly=True)
    return page


@pages.post("/signed-off/forget")
def forget_stories() -> Response:
    """Forget every story that this browser could still read."""
    browser = attempts_of_browser()
    services().sign_on.end_attempts(browser)
    with suppress(StoreUnavailable):
        for id in browser:
            services().traces.forget(id, browser.values())
    return unbind(go_to(url_for(".signed_off")), *browser)
