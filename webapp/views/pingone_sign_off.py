"""Sign-off that PingOne starts: in a frame of its own page, or from server to server. Off unless switched on."""

from flask import Blueprint, Response, abort, make_response, request

from ..oidc.errors import SignOnError
from . import logs
from .context import services
from .marks import acts_in_a_frame, sent_by_pingone
from .protection import origin_of_form

pages = Blueprint("pingone_sign_off", __name__)


@pages.get("/front-channel-sign-off")
@acts_in_a_frame
def front_channel() -> Response:
    """End what belongs to a PingOne session (OpenID Connect Front-Channel Logout 1.0, section 2).

    The frame is a third party's to the browser, so our cookies do not come along: iss and sid say who is meant. Both
    are required, and sid is not guessable, so a stranger cannot sign anybody off.
    """
    settings = services().settings
    if not settings.front_channel_sign_off:
        abort(404)
    issuers, sids = request.args.getlist("iss"), request.args.getlist("sid")
    if issuers != [settings.issuer] or len(sids) != 1 or not 0 < len(sids[0]) <= 255:
        abort(400)
    services().session_use.sign_offs.by_frame(sids[0])
    logs.event("signed_off_by_pingone", channel="front")
    page = make_response("", 200)
    # PingOne's page must be able to frame this one, and nobody else.
    page.headers["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors {_framers(settings.auth_base_url)}"
    page.headers["X-Frame-Options"] = ""
    page.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return page


def _framers(base: str) -> str:
    # PingOne's own pages live on apps.*, beside auth.*; a custom domain serves both.
    here = origin_of_form(base)
    return f"{here} {here.replace('://auth.', '://apps.', 1)}"


@pages.post("/back-channel-sign-off")
@sent_by_pingone
def back_channel() -> Response:
    """End what a logout token names (OpenID Connect Back-Channel Logout 1.0, section 2.8): 200, or 400."""
    if not services().settings.back_channel_sign_off:
        abort(404)
    tokens = request.form.getlist("logout_token")
    answer = make_response("", 200 if len(tokens) == 1 and _carried_out(tokens[0]) else 400)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _carried_out(token: str) -> bool:
    try:
        services().session_use.sign_offs.by_token(token)
    except SignOnError as error:
        logs.event("logout_token_refused", code=error.code, detail=error.detail)
        return False
    logs.event("signed_off_by_pingone", channel="back")
    return True
