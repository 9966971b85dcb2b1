"""Logs: one line for each request, one event for each outcome of a sign-on, as text or JSON.

What must never be logged does not get here in the first place: paths are logged without their query, which can hold a
code or a state, and no header, cookie or form is. What is logged cannot forge a line: every control character is
escaped (OWASP ASVS 5.0, 16.4.1), and who signed on is logged as a hash.
"""

import hashlib
import json
import logging
import re
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from config import Settings

from .log_target import Unhurried

LONGEST = 300  # characters of one value: a log line is no place for somebody's essay
# At DEBUG these write verifiers, URLs with their query, and whole records of the store.
TALKATIVE = ("authlib", "urllib3", "requests", "joserfc", "redis", "flask_session")

_lines = logging.getLogger("webapp.lines")


def configure(app: Flask, settings: Settings) -> None:
    """Send the logs of the whole process to stderr in our format, and log what `app` answers.

    A second application in the process changes the format; it does not double the lines.
    """
    handler = Unhurried()
    handler.setFormatter(Json() if settings.log_format == "json" else Text())
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
    _watch(app)


def _watch(app: Flask) -> None:
    """Log one line for each request, and give each an id, which the answer carries too."""

    @app.before_request
    def begin() -> None:
        g.request_started, g.request_id = time.perf_counter(), secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        started = g.get("request_started", time.perf_counter())
        response.headers["X-Request-Id"] = request_id()
        # Health probes and static files would drown the rest.
        quiet = request.path in ("/healthz", "/readyz") or request.path.startswith("/static/")
        level, ms = logging.DEBUG if quiet else logging.INFO, round((time.perf_counter() - started) * 1000, 1)
        write("request", level, method=request.method, path=request.path, status=response.status_code, ms=ms)
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


def escaped(text: str, longest: int = LONGEST) -> str:
    """`text` on one line: whatever does not print (line ends, terminal escapes, bidi marks) is spelled out."""
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    if cut.isprintable() and "\\" not in cut:
        return cut  # As nearly every text of a log.
    return "".join(c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in cut)


class Text(logging.Formatter):
    """`2026-11-22 11:04:31.123Z info request method=GET path=/ status=200 ms=3.1 request=5f0c2d0e93c14f39`"""

    def format(self, record: logging.LogRecord) -> str:
        when = _when(record).isoformat(" ", "milliseconds").replace("+00:00", "Z")
        parts = [f"{when} {record.levelname.lower()} {escaped(record.getMessage(), 2000)}"]
        parts += [f"{key}={self.value(value)}" for key, value in _fields(record).items()]
        # A traceback is indented, so that no line of it can pass for a line of its own.
        trace = "".join(f"\n    | {escaped(line, 2000)}" for line in _trace(self, record).splitlines())
        return " ".join(parts) + trace

    @staticmethod
    def value(value: object) -> str:
        text = escaped(str(value))
        return text if re.fullmatch(r"[^\s\"'=]+", text) else '"' + text.replace('"', "'") + '"'


class Json(logging.Formatter):
    """One JSON object a line: `time`, `level`, `event`, the fields, and `trace` for an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _when(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": escaped(record.getMessage(), 2000),
        }
        for key, value in _fields(record).items():
            line.setdefault(key, value if isinstance(value, bool | int | float) else escaped(str(value)))
        if trace := _trace(self, record):
            line["trace"] = [escaped(part, 2000) for part in trace.splitlines()]
        return json.dumps(line, ensure_ascii=True)


class WithoutQueries(logging.Filter):
    """The servers' own lines: their request lines are dropped (ours replace them), queries are cut off elsewhere."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = re.sub(r"\x1b\[[0-9;]*m", "", record.getMessage()).replace("\n", " ")  # colours of a terminal
        if record.name == "werkzeug" and re.match(r"\S+ - - \[", text):
            return False
        record.msg, record.args = re.sub(r"\?\S*", "?…", text), None
        return True


def _when(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields = getattr(record, "fields", {})
    return fields if isinstance(fields, Mapping) else {}


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""
