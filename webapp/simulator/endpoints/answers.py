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
from ..engine.sessions import COOKIE_SECONDS, Session

SESSION_COOKIE = "ST"

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
    return environment.sessions.by_cookie(request.cookies.get(SESSION_COOKIE, ""))


def keep_session(environment: Environment, response: Response, session: Session | None) -> Response:
    """Set the ST cookie; PingOne's attributes over https.

    Over plain http (loopback only) a browser refuses ``Secure``, and ``SameSite=None`` without it: the
    cookie would be dropped and nobody could ever resume. ``Lax`` is sent on the top-level navigation to resume.
    """
    if session is not None:
        secure = environment.base_url.startswith("https://")
        response.set_cookie(
            SESSION_COOKIE, session.cookie, max_age=COOKIE_SECONDS, path=urlsplit(environment.url).path,
            secure=secure, httponly=True, samesite="None" if secure else "Lax",
        )
    return response


def forget_session(environment: Environment, response: Response) -> Response:
    """Delete the ST cookie, with the attributes it was set with: browsers ignore a deletion that differs."""
    secure = environment.base_url.startswith("https://")
    response.set_cookie(
        SESSION_COOKIE, "", expires=0, max_age=0, path=urlsplit(environment.url).path,
        secure=secure, httponly=True, samesite="None" if secure else "Lax",
    )
    return response


def parameters() -> dict[str, list[str]]:
    """Every parameter of the query and of a form body, with all its values."""
    merged: dict[str, list[str]] = {}
    for source in (request.args, request.form):
        for name, values in source.lists():
            merged.setdefault(name, []).extend(values)
    return merged


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


def page(
    environment: Environment, template: str, *, status: int = 200, origins: Collection[str] = (), **context: Any
) -> Response:
    """An HTML page. ``origins``: where its forms may end up.

    Chromium applies ``form-action`` to every hop of a redirect, so a form that leads back to the
    application by way of resume needs the application's origin as well.
    """
    root = urlsplit(environment.base_url).path
    body = render_template(
        template, root=root, environment_id=constants.ENVIRONMENT_ID, own=environment.everybodys is not None, **context
    )
    response = make_response(body, status)
    targets = " ".join(["'self'", *sorted({origin_of(environment.base_url), *origins})])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return response
