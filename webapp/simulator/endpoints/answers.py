"""What all endpoints share: the environment, the lock, the session cookie, errors, pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import constants
from ..engine.environment import Environment
from ..engine.errors import PlatformError, no_access
from ..engine.fault_catalogue import BY_NAME
from ..engine.faults import NEXT, UNTIL_CLEARED
from ..engine.sessions import COOKIE_SECONDS, Session

SESSION_COOKIE = "ST"
#: The same value without SameSite, for browsers that mishandle ``SameSite=None``.
SIBLING_COOKIE = "ST-NO-SS"
LASTS = {NEXT: "for the next sign-on", UNTIL_CLEARED: "until it is cleared"}

P = ParamSpec("P")


def here() -> Environment:
    """The environment of this request: see ``visitors.choose``."""
    return cast(Environment, g.environment)


def locked(view: Callable[Concatenate[Environment, P], ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Give the view the environment, and nobody else while it runs."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        environment = here()
        with environment.lock:
            return view(environment, *args, **kwargs)

    return run


def current_session(environment: Environment) -> Session | None:
    """The session of the ST cookie that came with the request."""
    cookies = request.cookies
    return environment.sessions.by_cookie(cookies.get(SESSION_COOKIE) or cookies.get(SIBLING_COOKIE, ""))


def keep_session(environment: Environment, response: Response, session: Session | None) -> Response:
    """Set the ST cookie; PingOne's attributes over https.

    Over plain http (loopback only) a browser refuses ``Secure``, and ``SameSite=None`` without it: the
    cookie would be dropped and nobody could ever resume. ``Lax`` is sent on the top-level navigation to resume.
    """
    if session is not None:
        _set_session_cookies(environment, response, session.cookie)
    return response


def forget_session(environment: Environment, response: Response) -> Response:
    """Delete the ST cookie, with the attributes it was set with: browsers ignore a deletion that differs."""
    _set_session_cookies(environment, response, "")
    return response


def _set_session_cookies(environment: Environment, response: Response, value: str) -> None:
    secure, path = environment.base_url.startswith("https://"), urlsplit(environment.url).path
    for name, same_site in ((SESSION_COOKIE, "None" if secure else "Lax"), (SIBLING_COOKIE, None)):
        response.set_cookie(
            name, value, max_age=COOKIE_SECONDS if value else 0, expires=None if value else 0,
            path=path, secure=secure, httponly=True, samesite=same_site,
        )


def refuse_narrow_accept(environment: Environment) -> None:
    """406 where that reading is chosen and the client accepts JSON and nothing else."""
    accepted = request.headers.get("Accept", "*/*")
    if environment.switches["accept"] == "narrow_refused" and "*/*" not in accepted and "text/html" not in accepted:
        raise PlatformError(406, "INVALID_REQUEST", "The requested resource has no representation of that media type.")


def parameters() -> dict[str, list[str]]:
    """Every parameter of the query and of a form body, with all its values."""
    merged: dict[str, list[str]] = {}
    for source in (request.args, request.form):
        for name, values in source.lists():
            merged.setdefault(name, []).extend(values)
    return merged


def nothing(status: int) -> Response:
    """An answer without a body, which therefore has no media type either."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def found(location: str) -> Response:
    """302 to an absolute URL, written exactly as given."""
    return cast(Response, redirect(location, 302))


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """The URL with more query parameters; those it has are kept (RFC 6749, section 3.1.2)."""
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def error_page_url(environment: Environment, error: PlatformError) -> str:
    """PingOne's own page for what must not be told to the application: the error travels as JSON in the query."""
    return f"{environment.url}/signon/?error={quote(json.dumps(error.to_json()), safe='')}"


def same_origin(environment: Environment, others: Collection[str] = ()) -> None:
    """Refuse a form that another site's page posts. Requests without Origin do not come from a page."""
    origin = request.headers.get("Origin")
    allowed = {origin_of(environment.base_url), origin_of(request.host_url), *others}
    if origin is not None and origin not in allowed:
        raise no_access("The form was posted from another site", "INSUFFICIENT_PERMISSIONS", "Origin", 403)


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def wants_page() -> bool:
    """Whether a browser asks; a program gets JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def page(
    environment: Environment, template: str, *, status: int = 200, origins: Collection[str] = (), **context: Any
) -> Response:
    """An HTML page. ``origins``: where its forms may end up.

    Chromium applies ``form-action`` to every hop of a redirect, so a form that leads back to the
    application by way of resume needs the application's origin as well.
    """
    root = urlsplit(environment.base_url).path
    board, flow = environment.faults, context.get("flow")
    fault = BY_NAME.get(flow.fault) if flow is not None else None
    body = render_template(
        template, root=root, environment_id=constants.ENVIRONMENT_ID, own=environment.everybodys is not None,
        application=environment.public_url, fault_on=fault or board.chosen,
        fault_lasts="in this sign-on" if fault else LASTS[board.mode], **context,
    )
    response = make_response(body, status)
    targets = " ".join(["'self'", *sorted({origin_of(environment.base_url), *origins})])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return response
