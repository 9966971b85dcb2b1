"""What every request must show and every answer must say, whatever the page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, abort, current_app, request, session
from werkzeug.local import LocalProxy

from config import Settings
from config_reader import is_loopback

from ..oidc.errors import SessionEnded
from ..oidc.provider import origin
from .context import own_session, services, sessions
from .errors import RequestForbidden, show
from .marks import acts_in_a_frame, acts_on_get, probe, sent_by_pingone

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

READS = ("GET", "HEAD")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def register(app: Flask, settings: Settings) -> None:
    """Ask of each request what it must show, and add to each answer what it must say."""
    app.before_request(_admit)
    wanted = {name.lower(): (name, value) for name, value in _headers(settings).items()}
    inner = app.wsgi_app

    def protected(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said = {name.lower() for name, _ in headers}
            if environ.get("PATH_INFO", "").startswith("/static/"):
                said.add("cache-control")
                headers = [*_other_than("Cache-Control", headers), ("Cache-Control", _lifetime(int(status[:3])))]
            if ("X-Frame-Options", "") in headers:
                headers = _other_than("X-Frame-Options", headers)  # PingOne may frame this page, its policy says.
            # A page may say otherwise.
            return start_response(status, headers + [pair for name, pair in wanted.items() if name not in said], *error)

        return inner(environ, start)

    app.wsgi_app = protected  # type: ignore[method-assign]


def _other_than(name: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in headers if pair[0].lower() != name.lower()]


def _admit() -> Response | None:
    """What every request must show. One function: Flask asks of each, every time, whether it is asynchronous."""
    # Flask's stand-ins for the request look it up at each use; asked so often, that is most of the work.
    sent = cast("LocalProxy[Request]", request)._get_current_object()
    _store_answers(sent)
    _same_origin(sent)
    _meant_by_a_person(sent)
    return _one_site(sent) or _told_elsewhere(sent)


def _store_answers(sent: Request) -> None:
    # A store that is down must not look like a visitor who is signed off. Signing off works all the same: it takes the
    # browser's cookie, and says what it could not do.
    unavailable = getattr(session, "unavailable", None)
    if unavailable is not None and sent.endpoint != "session.sign_off":
        raise unavailable


def _told_elsewhere(sent: Request) -> Response | None:
    """The next page of a session that its owner ended from another browser says so, once."""
    own = own_session()
    unseen = sent.method != "GET" or probe.of(sent.endpoint) or "html" not in sent.headers.get("Accept", "html")
    if unseen or not own.dead_cookie or not own.offered:
        return None
    words = sessions().told(own.offered)
    return show(SessionEnded("ended from elsewhere"), words) if words else None


def _same_origin(sent: Request) -> None:
    """Refuse what another site's page sends. Browsers set both headers and no script can change them."""
    if sent.method == "OPTIONS" and sent.routing_exception is None:
        abort(405)  # Nothing here is for other origins, so there is nothing to ask about beforehand.
    if sent.method in READS or sent_by_pingone.of(sent.endpoint) or sent.endpoint is None:
        return
    site = sent.headers.get("Sec-Fetch-Site")
    own = origin(sent.headers.get("Origin", "")) == origin(services().settings.public_url)
    if not (site == "same-origin" or (site is None and own)):
        raise RequestForbidden(f"Sec-Fetch-Site {site or 'absent'}")


def _meant_by_a_person(sent: Request) -> None:
    """Starting or finishing a sign-on is a GET. A HEAD or a prefetch must not use an attempt up, and another site's
    picture, frame or script must not start one: only a browser that goes there, or a client that does not say."""
    framed = acts_in_a_frame.of(sent.endpoint)
    if not (framed or acts_on_get.of(sent.endpoint)):
        return
    said = sent.environ.get
    purposes = " ".join([said(f"HTTP_{name}", "") for name in ("SEC_PURPOSE", "PURPOSE", "X_PURPOSE", "X_MOZ")]).lower()
    if sent.method == "HEAD" or "prefetch" in purposes or "preview" in purposes:
        abort(405)
    mode, destination = said("HTTP_SEC_FETCH_MODE", "navigate"), said("HTTP_SEC_FETCH_DEST", "document")
    if mode != "navigate" or destination not in (("document", "iframe") if framed else ("document",)):
        raise RequestForbidden(f"Sec-Fetch-Mode {mode}, Sec-Fetch-Dest {destination}")


def _one_site(sent: Request) -> Response | None:
    """Bring `http://127.0.0.1:8000` to `http://localhost:8000`: they share no cookies, so a sign-on begun on one
    and finished on the other is lost. The host goes into no URL: the target is configuration."""
    public = urlsplit(services().settings.public_url)
    if sent.host == public.netloc:
        return None
    host, ours = urlsplit(f"//{sent.host}").hostname, public.hostname
    strayed = host in LOOPBACK and ours in LOOPBACK and host != ours
    if strayed and sent.method == "GET" and not (probe.of(sent.endpoint) or sent.endpoint == "static"):
        # Quoted again: a decoded line break in the path would end the header.
        query = sent.query_string.decode("ascii", "replace")
        there = services().settings.public_url + quote(sent.path) + (f"?{query}" if query.isprintable() else "")
        return go_to(there.rstrip("?"))
    return None


def go_to(url: str) -> Response:
    """303: the browser goes on with a GET, and the address it leaves does not stay in the history of this tab."""
    return Response(status=303, headers={"Location": url})


def _headers(settings: Settings) -> dict[str, str]:
    """What every answer says, the same each time."""
    sign_off = origin_of_form(settings.auth_base_url)
    wanted = {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        # Chromium applies form-action to each hop of a redirect: signing off goes through PingOne and back.
        f"connect-src 'self'; form-action 'self' {sign_off}; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
        # same-origin, not no-referrer: the latter makes browsers send `Origin: null` with our own forms.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cache-Control": "no-store",
    }
    if settings.secure_cookies and not is_loopback(settings.public_url):
        # On localhost it would close every plain http port of the computer to this browser.
        wanted["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return wanted


def _lifetime(status: int) -> str:
    """How long a static file may be kept. Under the fingerprint of what is there now, there is only ever one content;
    under another one, or in place of a file, whatever is answered is of today."""
    if status not in (200, 206, 304):
        return "no-store"
    current = request.args.get("v") == current_app.extensions["assets"]
    return "public, max-age=31536000, immutable" if current else "public, max-age=3600"


def origin_of_form(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
