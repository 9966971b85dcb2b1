"""Logs: one line for each request, one event for each outcome of a sign-on, as text or JSON.

What must never be logged does not get here in the first place: paths are logged without their query, which can hold a
code or a state, and no header, cookie or form is. What is logged cannot forge a line: every control character is
escaped (OWASP ASVS 5.0, 16.4.1), and who signed on is logged as a hash.
"""

import hashlib
import logging
import secrets
import time

from flask import Flask, Response, g, request

from config import Settings

from ..log_lines import Unhurried, WithoutQueries, formatter
from .marks import probe

# At DEBUG these write verifiers, URLs with their query, and whole records of the store.
TALKATIVE = ("authlib", "urllib3", "requests", "joserfc", "redis", "flask_session")

_lines = logging.getLogger("webapp.lines")


def configure(app: Flask, settings: Settings) -> None:
    """Send the logs of the whole process to stderr in our format, and log what `app` answers.

    A second application in the process changes the format; it does not double the lines.
    """
    handler = Unhurried()
    handler.setFormatter(formatter(settings.log_format))
    handler.set_name("webapp")
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if known.get_name() == "webapp"]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
    for name in ("werkzeug", "gunicorn.error"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutQueries) for known in logger.filters):
            logger.addFilter(WithoutQueries())
    _watch(app, settings.log_addresses)


def _watch(app: Flask, addresses: str) -> None:
    """Log one line for each request, and give each an id, which the answer carries too."""

    @app.before_request
    def begin() -> None:
        g.request_started, g.request_id = time.perf_counter(), secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        started = g.get("request_started", time.perf_counter())
        response.headers["X-Request-Id"] = request_id()
        # Health probes and static files would drown the rest.
        quiet = probe.here or request.path.startswith("/static/")
        level, ms = logging.DEBUG if quiet else logging.INFO, round((time.perf_counter() - started) * 1000, 1)
        status = response.status_code
        # Who is refused may be attacking; an address of anybody else is personal data without a need.
        named = addresses == "all" or (addresses == "refused" and status >= 400)
        address = request.remote_addr if named else None
        write("request", level, method=request.method, path=request.path, status=status, ms=ms, address=address)
        return response


def event(name: str, **fields: object) -> None:
    """Log one outcome, such as `event("signed_on", mode="hosted", subject=sub)`.

    `subject` is hashed. Never pass a code, token, cookie or password.
    """
    if "subject" in fields:
        fields["subject"] = hashed(str(fields["subject"]))
    write(name, logging.INFO, **fields)


def write(name: str, level: int, **fields: object) -> None:
    """Log one line of fields; fields without a value are left out."""
    known = {key: value for key, value in {**fields, "request": request_id()}.items() if value not in (None, "")}
    _lines.log(level, name, extra={"fields": known})


def request_id() -> str:
    """The id of the request that is being answered, '' outside of one."""
    return str(g.get("request_id", "")) if g else ""


def hashed(subject: str) -> str:
    """A short stand-in for a user, the same every time: enough to follow one user, too little to find out who."""
    return hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:12] if subject else ""
