"""One second try, where it can do no harm."""

from email.utils import mktime_tz, parsedate_tz

from webapp.oidc.http import Answer

from .call import Call, Clock, Sender, Try
from .errors import ConnectionDropped

_MAX_WAIT = 2.0
"""Seconds a thread may sleep because the provider asked for it; a longer Retry-After goes to the caller."""


def send_with_retry(send: Sender, call: Call, clock: Clock) -> Answer:
    """Send; a GET that broke or met a 429, 502, 503 or 504 is sent once more, within the same deadline.

    A POST is sent once, whatever happens: an authorization code, a refresh token or a password that may have arrived
    must not arrive again. Source: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
    """
    repeatable = call.method in ("GET", "HEAD")
    try:
        answer = send(call, Try())
    except ConnectionDropped:
        if not repeatable or not _pause(clock.jitter(), call.until, clock):
            raise
    else:
        wait = _wait_for(answer, clock) if repeatable else None
        if wait is None or not _pause(wait, call.until, clock):
            return answer
    return send(call, Try())


def _pause(seconds: float, until: float, clock: Clock) -> bool:
    """Whether there was time to wait."""
    if clock.monotonic() + seconds >= until:
        return False
    clock.sleep(seconds)
    return True


def _wait_for(answer: Answer, clock: Clock) -> float | None:
    """Seconds until a second try makes sense; None when it makes none."""
    if answer.status not in (429, 502, 503, 504):
        return None
    asked = asked_to_wait(answer.header("Retry-After"), clock)
    if answer.status == 429:
        wait = None if asked is None else asked + clock.jitter()
    else:
        wait = max(asked or 0.0, clock.jitter())
    return wait if wait is not None and wait <= _MAX_WAIT else None


def asked_to_wait(value: str, clock: Clock) -> float | None:
    """Return the seconds from now of a `Retry-After`; None when it is missing, negative, or no number and no date.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        parts = parsedate_tz(value)
        return max(mktime_tz(parts) - clock.now(), 0.0) if parts else None
    except (ValueError, OverflowError):
        return None
