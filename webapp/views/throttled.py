"""A client that asks too fast learns when to ask again: 429, in words or as JSON."""

from math import ceil

from flask import Response, jsonify, request

from ..oidc.attempt import Attempt
from ..oidc.errors import WeFound
from . import logs
from .context import services
from .errors import Refusal, show
from .words import words_of


class TooManyRequests(WeFound):
    code = "too_many_requests"
    status = 429
    mode = ""


def admit_start(mode: str) -> None:
    """Count a sign-on that begins; raises `TooManyRequests`."""
    _admit(services().throttle.start(_address()), mode)


def admit_step(handle: str, secret: str) -> Attempt | None:
    """Count a form that was posted and return its attempt; raises `TooManyRequests`."""
    here = services()
    wait, attempt = here.sign_on.attempts.counted(here.throttle, _address(), handle, secret)
    _admit(wait)
    return attempt


def count_refusal() -> None:
    """Count that PingOne did not accept what was posted."""
    services().throttle.refused(_address())


def too_many(error: TooManyRequests) -> Response:
    """Answer with the page, or with JSON for a client that asks for it."""
    page = show(error, of=Refusal(mode=error.mode))
    if request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "text/html":
        return page
    answer = jsonify(error=error.code, detail=words_of(error).sentence, retry_after=error.retry_after)
    answer.headers["Retry-After"] = page.headers["Retry-After"]
    answer.status_code = error.status
    return answer


def _admit(wait: float, mode: str = "") -> None:
    if wait <= 0:
        return
    logs.event("throttled", address=_address(), mode=mode)
    error = TooManyRequests(retry_after=ceil(wait))
    error.mode = mode
    raise error


def _address() -> str:
    # The browser's own behind TRUSTED_PROXIES proxies: what it claims beyond them in X-Forwarded-For is not believed.
    return request.remote_addr or ""
