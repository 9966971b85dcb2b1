"""Guards: what a view wants of the person in front of it, said in one line above the view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from config import Settings

from ..oidc.access import Wanted, examined, refuse, step_up
from ..oidc.checks import Check
from ..oidc.errors import SessionEnded, SignOnError
from ..oidc.request import Ask
from ..pingone.scopes import for_one_resource
from ..signon.signed_in import SignedIn
from . import kept
from .context import services, signed_in
from .protection import go_to
from .session import refused_later, session_ended
from .sign_on import start
from .throttled import TooManyRequests, too_many

View = TypeVar("View", bound=Callable[..., Any])
CONFIRM = "?confirm=1"
JUST_BACK = 60
"""Seconds after a sign-on that was to bring what a page wants. What is missing then, no further sign-on brings."""


def guarded_pages(name: str) -> Blueprint:
    """Return a blueprint that shows refusals as the pages of a session do."""
    pages = Blueprint(name, __name__)
    pages.register_error_handler(SessionEnded, session_ended)
    pages.register_error_handler(SignOnError, refused_later)
    pages.register_error_handler(TooManyRequests, too_many)
    return pages


def wants(wanted: Wanted | Callable[[Settings], Wanted]) -> Callable[[View], View]:
    """Open a view to those who have what it wants; `checks_made()` are its checks.

    Visitors are sent to sign on, and who lacks a policy, a fresh sign-on or a scope to get it: once, and back here.
    Who lacks a group gets the page of `AccessRefused`, as signing on again would change nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Any:
            person = signed_in()
            needs = wanted(services().settings) if callable(wanted) else wanted
            if person is None:
                return _sign_on(needs)
            with services().session_use.recorded.story(person) as (_, story):
                checks = examined(person.on, needs, services().now(), services().settings.groups_claim)
                lacking = [check for check in checks if not check.passed]
                # A group comes from an administrator; the rest another sign-on can bring.
                helpless = any(check.name == "group" for check in lacking) or _just_asked(person, needs)
                status = None if not lacking else 303 if _confirmed() and not helpless else 403
                url = request.path + (CONFIRM if _confirmed() else "")
                story.hop("browser", "application", request.method, url, at=services().now(), status=status)
                if helpless or not lacking:
                    g.checks = refuse(checks)
                story.checked(checks)
            return _step_up(person, needs, lacking) if lacking else view(*args, **named)

        return guarded  # type: ignore[return-value]

    return decorate


def bring(person: SignedIn, wanted: Wanted, lacking: Check) -> Response:
    """Send a person for what an API wants, and back here. Raises `AccessRefused` when that was asked for just now."""
    if _just_asked(person, wanted):
        refuse([lacking])
    return _step_up(person, wanted, [lacking])


def checks_made() -> tuple[Check, ...]:
    """Return what the guard of this view found, all passed."""
    found: tuple[Check, ...] = g.checks
    return found


def _confirmed() -> bool:
    """Whether the visitor has read why PingOne is to ask for more, and said go on."""
    return request.method == "GET" and "confirm" in request.args


def _just_asked(person: SignedIn, wanted: Wanted) -> bool:
    """Whether a sign-on asked for all this a moment ago: to send its visitor again would go round in circles."""
    on = person.on
    policy = not wanted.acr_values or wanted.acr_values in on.asked_acr.split()
    age = wanted.max_age is None or on.fresh
    scope = set(wanted.scope.split()) <= set(on.asked_scope.split())
    return policy and age and scope and services().now() - person.authenticated_at < JUST_BACK


def _sign_on(wanted: Wanted) -> Response:
    """Send a visitor to sign on; what a form held is not kept, as nobody knows who will sign on then."""
    if request.method == "POST":
        return _explained(wanted, [])
    if wanted == Wanted(group=wanted.group):
        return go_to(url_for("sign_on.hosted", return_to=request.path))
    asked = Ask(scope=for_one_resource(services().settings.scopes, wanted.scope))
    return start("hosted", step_up(asked, wanted), request.path)


def _step_up(person: SignedIn, wanted: Wanted, checks: list[Check]) -> Response:
    if request.method == "POST":
        return kept.keep(_explained(wanted, checks), person.subject, request.path, request.form)
    if not _confirmed():
        return _explained(wanted, checks)
    name = person.claims.get("preferred_username")
    asked = Ask(scope=for_one_resource(person.scope, wanted.scope), login_hint=name if isinstance(name, str) else "")
    return start(person.mode, step_up(asked, wanted), request.path)


def _explained(wanted: Wanted, checks: list[Check]) -> Response:
    """Say why PingOne will ask, before it does. With a link, not a redirect: Chromium applies form-action to every hop
    that follows a form."""
    shown = {"wanted": wanted, "path": request.path, "sent": request.method == "POST"}
    url = request.script_root + request.path + CONFIRM
    return make_response(render_template("step_up.html", checks=checks, url=url, **shown), 403)
