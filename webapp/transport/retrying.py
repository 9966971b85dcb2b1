"""One second try, where it can do no harm."""

import requests

from .answer import Answer
from .dates import epoch_seconds
from .errors import ConnectionDropped
from .sender import Attempt, Clock, Sender

_MAX_WAIT = 2.0
"""Seconds a thread may sleep because the provider asked for it; a longer Retry-After goes to the caller."""


def send_with_retry(send: Sender, request: requests.PreparedRequest, until: float, clock: Clock) -> Answer:
    """Sends; a GET that broke or met a 429, 502, 503 or 504 is sent once more, within the same deadline.

    A POST is sent once, whatever happens: an authorization code, a refresh token or a password that may have arrived
    must not arrive again. Source: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
    """
    repeatable = request.method in ("GET", "HEAD")
    try:
        answer = send(request, Attempt(until))
    except ConnectionDropped:
        if not repeatable or not _pause(clock.jitter(), until, clock):
            raise
    else:
        wait = _wait_for(answer, clock) if repeatable else None
        if wait is None or not _pause(wait, until, clock):
            return answer
    return send(request, Attempt(until))


def _pause(seconds: float, until: float, clock: Clock) -> bool:
    """Whether there was time to wait."""
    if clock.monotonic() + seconds >= until:
        return False
    clock.sleep(seconds)
    return True


def _wait_for(answer: requests.Response, clock: Clock) -> float | None:
    """Seconds until a second try makes sense; None when it makes none."""
    asked = _retry_after(answer.headers.get("Retry-After", ""), clock)
    if answer.status_code in (502, 503, 504):
        wait = max(asked or 0.0, clock.jitter())
    elif answer.status_code == 429 and asked is not None:
        wait = asked + clock.jitter()
    else:
        return None
    return wait if wait <= _MAX_WAIT else None


def _retry_after(value: str, clock: Clock) -> float | None:
    """Seconds from now; None when the field is missing, negative or neither a number nor a date.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    if value.isascii() and value.isdecimal():
        return float(value)
    date = epoch_seconds(value)
    return None if date is None else max(date - clock.now(), 0.0)
