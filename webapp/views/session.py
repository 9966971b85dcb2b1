"""The signed-in person's session: who, how, until when, and what can be done with it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from ..oidc.access import groups_of
from ..oidc.errors import SessionEnded, SignOnError
from ..oidc.id_token import LEEWAY, moment
from ..signon.signed_in import SignedIn, from_record
from . import logs
from .browser import leave_story
from .claims import explained, presentable
from .context import own_session, services, session_record, sessions, signed_in
from .errors import STANDS, Refusal
from .errors import show as show_error
from .shown_once import of_session, show_at, shown_now
from .token_page import token_context

pages = Blueprint("session", __name__)


@pages.errorhandler(SessionEnded)
def session_ended(error: SessionEnded) -> Response:
    """Whatever found out that the session is over: nothing of it stays, here or in the browser."""
    services().session_use.sign_offs.give_back_record(sessions().end(own_session().sid))
    return _forgotten(error)


@pages.errorhandler(SignOnError)
def refused_later(error: SignOnError) -> Response:
    """A refusal after sign-on: the session may have ended by it, and a page must not say that it goes on."""
    if not own_session().offered:
        return show_error(error)  # No cookie came along, as with another site's form: nothing ended.
    if session_record().load() is None:
        return _forgotten(error, "Your session was ended.")
    return show_error(error, STANDS, Refusal(trace=_person().trace))


def settle(record: Mapping[str, Any], answer: Response) -> None:
    """Give back what a session held that turned out to be over, and leave its story to its browser."""
    person = from_record(record.get("signed_in"))
    if person is not None:
        services().session_use.sign_offs.give_back(person)
        leave_story(answer, person)


def _forgotten(error: SignOnError, outcome: str = "") -> Response:
    """Have the browser forget its session, unless a newer one has replaced it: a deletion names no value.

    Forgotten before the page is drawn, which must not say that somebody is signed on.
    """
    session, person = own_session(), signed_in()
    session.forget()
    session.dead_cookie = not sessions().replaced_by(session.offered)
    page = show_error(error, outcome)
    return leave_story(page, person) if person is not None else page


def wants_json() -> bool:
    if "json" not in request.headers.get("Accept", ""):
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


@pages.get("/session")
def show() -> Response:
    """Who is signed on; as JSON for `Accept: application/json`."""
    person = signed_in()
    if person is None:
        if wants_json():
            return make_response(jsonify(signed_in=False), 401)
        return make_response(render_template("home.html", return_to="/session", silent=""), 401)
    return jsonify(_as_json(person)) if wants_json() else _page(person, **shown_now(of_session("show")))


def _page(person: SignedIn, message: str = "") -> Response:
    now, me = services().now(), _as_json(person)
    return make_response(
        render_template(
            "session.html",
            me=SimpleNamespace(**me, **_for_people(person, now, me["session_expires_at"])),
            claims=explained(person.claims, now, person.on.from_userinfo),
            checks=person.checks,
            message=message,
        )
    )


def _as_json(person: SignedIn) -> dict[str, Any]:
    """The public JSON of a session: no token, code, nonce, verifier or PingOne cookie. Times are seconds, UTC."""
    return {
        "signed_in": True,
        "subject": person.subject,
        "mode": person.mode,
        "claims": presentable(person.claims),
        "claims_from_userinfo": [*person.on.from_userinfo],
        "groups": [*groups_of(person.claims, services().settings.groups_claim)],
        "scopes": person.scope.split(),
        "pingone_session": person.pingone_session,
        "authenticated_at": person.authenticated_at,
        "access_token_expires_at": person.access_token_expires_at,
        "session_expires_at": sessions().ends_at(own_session()),
        "has_refresh_token": bool(person.refresh_token),
        "trace": person.trace,
    }


def _was_silent(person: SignedIn) -> bool:
    """Whether PingOne asked nothing: the person had signed on there before this sign-on began, as its id says."""
    since = person.claims.get("auth_time")
    try:
        return isinstance(since, int) and since < int(person.trace[:8], 16) - LEEWAY
    except ValueError:
        return False


def _for_people(person: SignedIn, now: float, session_ends: int) -> dict[str, Any]:
    claims = person.claims
    name = person.display_name if person.display_name != person.subject else ""
    username, email, amr = (claims.get(each, "") for each in ("preferred_username", "email", "amr"))
    return {
        "name": name or "Signed on",
        "initial": (name or person.subject)[:1].upper(),
        "about": str(email or username),
        "acr": str(claims.get("acr", "")),
        "silent": _was_silent(person),
        "amr": " ".join(map(str, amr)) if isinstance(amr, list) else "",
        "scope": person.scope,
        "proven_at": moment(claims.get("auth_time")) or person.authenticated_at,
        "idle_expires_at": min(int(now + sessions().idle_seconds), session_ends),
        "sso": not person.pingone_cookies,
    }


@pages.get("/session/tokens")
def tokens() -> Response:
    """The tokens, decoded and masked; once after a button, what it asked for."""
    person = _person()
    return make_response(render_template("tokens.html", **token_context(person, **shown_now(of_session("tokens")))))


@pages.post("/session/reveal")
def reveal() -> Response:
    """Show one token in full, to its owner, on purpose."""
    _person()
    return _shown("tokens", reveal=request.form.get("token", "")[:20])


@pages.post("/session/refresh")
def refresh() -> Response:
    """Spend the refresh token for new tokens."""
    person = _person()
    if not person.refresh_token:
        return _shown("show", message="PingOne gave no refresh token, so there is nothing to refresh with.")
    services().session_use.refresh(person, session_record())
    logs.event("refreshed", mode=person.mode, subject=person.subject)
    return _shown("show", message="The tokens were renewed.")


@pages.post("/session/userinfo")
def userinfo() -> Response:
    """Ask userinfo about the signed-on person and compare its sub."""
    claims, _ = services().session_use.userinfo(_person(), session_record())
    return _shown("tokens", userinfo=claims)


@pages.post("/session/introspect")
def introspect() -> Response:
    """Ask PingOne what it thinks of the access token."""
    person = services().session_use.fresh(_person(), session_record())
    return _shown("tokens", introspection=services().session_use.introspect(person))


@pages.post("/session/revoke")
def revoke() -> Response:
    """Ask PingOne to forget the tokens."""
    services().session_use.revoke(_person())
    words = "PingOne accepted the request, but revokes only tokens for custom resources; those for OpenID still work."
    return _shown("show", message=words)


def _shown(page: str, **content: Any) -> Response:
    return show_at(url_for(f".{page}"), of_session(page), content)


def _person() -> SignedIn:
    person = signed_in()
    if person is None:
        raise SessionEnded("no session")
    return person
