"""Every failure becomes one plain page: a code, a sentence, a next move. Never a stack trace."""

import logging
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, make_response, render_template, request, url_for
from werkzeug.exceptions import BadHost, HTTPException

from ..oidc.errors import OperatorFault, ProviderUnreachable, SignOnError, WeFound
from ..signon.changed import NOTE
from ..signon.outcomes import Begun
from ..signon.turns import SignOnRefused, mode_of, trace_of
from ..store.protocol import StoreUnavailable
from . import logs
from .browser import bind
from .causes import causes_of
from .context import signed_in
from .help import topic
from .request_parts import edit_url
from .words import words_of

log = logging.getLogger("webapp")


class RequestForbidden(WeFound):
    code = "request_forbidden"
    status = 403


class StoreDown(OperatorFault):
    code = "store_unavailable"
    status = 503


class NotFound(WeFound):
    code = "not_found"
    status = 404


class MethodNotAllowed(WeFound):
    code = "method_not_allowed"
    status = 405


class BadRequest(WeFound):
    code = "response_malformed"
    status = 400


class InternalError(OperatorFault):
    code = "internal_error"
    status = 500


OURS = (RequestForbidden, StoreDown, NotFound, MethodNotAllowed, BadRequest, InternalError)
"""Errors of this site that no fault of a provider can bring about."""


@dataclass(frozen=True)
class Refusal:
    """What a page needs of the sign-on or session that was refused, beside the error itself."""

    trace: str = ""
    mode: str = ""
    return_to: str = ""
    prompt: str = ""
    edit_url: str = ""
    """Where its request can be changed."""
    changed: bool = False
    """Whether the visitor had changed its request already."""
    cookie: Begun | None = None
    """The attempt's, if it was refused before its browser had it: it opens the story."""

    @classmethod
    def of(cls, refused: SignOnRefused) -> "Refusal":
        """Return what the page of a refused attempt needs."""
        attempt = refused.attempt
        trace, cookie = trace_of(attempt), Begun(attempt.id, attempt.secret) if refused.opening else None
        target = str(attempt.note.get("return_to", ""))
        changed = bool(attempt.note.get(NOTE))
        return cls(trace, mode_of(attempt), target, attempt.ask.prompt, edit_url(attempt), changed, cookie)


def register(app: Flask) -> None:
    """Answer every exception with its page."""
    app.register_error_handler(SignOnError, show)
    app.register_error_handler(SignOnRefused, lambda refused: show(refused.error, of=Refusal.of(refused)))
    app.register_error_handler(StoreUnavailable, _store_unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


NOT_NOW = ("login_required", "interaction_required", "consent_required", "account_selection_required")
"""What `prompt=none` is answered with when a person would have to do something (OpenID Connect Core 3.1.2.6)."""


STANDS = "You are still signed on: your session is as it was."


def show(error: SignOnError, outcome: str = "", of: Refusal = Refusal()) -> Response:  # frozen
    """Render the page of an error and log one event for it. `outcome` says what became of the visitor's session."""
    if of.prompt == "none" and error.said and error.said.error in NOT_NOW:
        logs.event("not_signed_on", mode=of.mode, detail=error.said.error)
        # It was asked to be silent, and the page that asked is there to return to; home says what came of it.
        there = of.return_to or (f"/?not_signed_on={of.trace}" if of.trace else "/")
        return Response(status=303, headers={"Location": request.script_root + there})
    reference = secrets.token_hex(6)
    theirs = error.said.reference if error.said else ""
    known = {"reference": reference, "pingone": theirs}
    cause = error.cause if isinstance(error, ProviderUnreachable) else ""
    logs.event("refused", _level(error), code=error.code, mode=of.mode, detail=error.detail, cause=cause, **known)
    words = words_of(error)
    context = _context(error, of, reference, outcome)
    try:
        html = render_template(f"help/{error.code}.html", error=context, **topic(error.code))
        page = make_response(html, error.status)
    except OSError:  # Out of file descriptors: the page's own file cannot be opened either.
        page = Response(f"{words.title}\n\n{words.sentence}\n", error.status, mimetype="text/plain")
    if of.cookie:
        bind(page, of.cookie)
    if error.retry_after:
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def _level(error: SignOnError) -> int:
    """How much it matters to those who run the application: what a visitor did is no matter to be woken for."""
    if isinstance(error, OperatorFault):
        return logging.ERROR
    return logging.WARNING if error.status >= 500 else logging.INFO


def _context(error: SignOnError, of: Refusal, reference: str, outcome: str) -> dict[str, Any]:
    query = urlencode({"return_to": of.return_to} if of.return_to else {})
    start = f"sign_on.{of.mode}" if of.mode in ("hosted", "redirectless", "custom") else "pages.home"
    standing = signed_in() is not None
    causes, others = causes_of(error)
    back = standing and not of.mode
    return {
        "code": error.code,
        "status": error.status,
        **asdict(words_of(error)),
        "move": next((each.move for each in causes if each.move), words_of(error).move),
        "causes": causes,
        "other_causes": others,
        "said": asdict(error.said) if error.said else None,
        "check": asdict(error.check) if error.check else None,
        "checks": [asdict(check) for check in error.checks],
        "reference": reference,
        "outcome": outcome or (of.mode and (STANDS if standing else "Nobody was signed on.")),
        "retry_url": url_for("session.show") if back else url_for(start) + (f"?{query}" if query else ""),
        "retry_label": "Back to your session" if back else "Start again",
        "trace_id": of.trace,
        "edit_url": of.edit_url,
        "retry_after": error.retry_after,
        "at_sign_on": bool(of.mode),
        "changed": of.changed,
        "protocol": not isinstance(error, OURS),
    }


def _store_unavailable(error: StoreUnavailable) -> Response:
    log.error("store unavailable: %s", error)
    return show(StoreDown(str(error), retry_after=5))


def _http(error: HTTPException) -> Response:
    if isinstance(error, BadHost):  # Without a host there are no addresses, so no page with links either.
        return Response("The Host header names no host.\n", 400, mimetype="text/plain")
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    if error.code == 500:
        return _unexpected(getattr(error, "original_exception", None) or error)
    if error.code == 405:
        page = show(MethodNotAllowed(request.method))
        page.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ("GET",)))
        return page
    return show(NotFound() if error.code == 404 else BadRequest(error.name, status=error.code))


def _unexpected(error: BaseException) -> Response:
    # The one place that catches everything: what gets here is a fault of ours.
    if isinstance(error, StoreUnavailable):
        return _store_unavailable(error)
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    return show(InternalError(type(error).__name__))
