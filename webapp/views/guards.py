"""Guards: what a view wants of the person in front of it, said in one line above the view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request, url_for

from ..oidc.access import Wanted, in_group, refuse
from ..oidc.checks import Check
from ..signon.signed_in import SignedIn
from .context import services, signed_in
from .protection import go_to

View = TypeVar("View", bound=Callable[..., Any])


def wants(wanted: Wanted) -> Callable[[View], View]:
    """Open a view to those who have what it wants; `checks_made()` are its checks. Others are sent to sign on, once:
    who is signed on already gets the page of `AccessRefused`, as signing on again would change nothing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Any:
            person = signed_in()
            if person is None:
                return to_sign_on()
            with services().session_use.recorded.story(person) as (_, story):
                story.hop("browser", "application", request.method, request.path, at=services().now())
                g.checks = refuse(_checks(person, wanted))
                story.checked(g.checks)
            return view(*args, **named)

        return guarded  # type: ignore[return-value]

    return decorate


def checks_made() -> tuple[Check, ...]:
    """Return what the guard of this view found, all passed."""
    found: tuple[Check, ...] = g.checks
    return found


def to_sign_on() -> Response:
    """Send a visitor to sign on and back to this page; what a form held is not kept for whoever signs on then."""
    return go_to(url_for("sign_on.hosted", return_to=request.path))


def _checks(person: SignedIn, wanted: Wanted) -> list[Check]:
    checks = []
    if wanted.group:
        checks.append(in_group(person.claims, wanted.group, services().settings.groups_claim))
    return checks
