"""Logs: one line for each request, one event for each outcome of a sign-on, as text or JSON.

What must never be logged does not get here in the first place: paths are logged without their query, which can hold a
code or a state, and no header, cookie or form is. What is logged cannot forge a line: every control character is
escaped (OWASP ASVS 5.0, 16.4.1), and who signed on is logged as a hash.
"""

import hashlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from config import Settings

from ..log_lines import Unhurried, WithoutQueries, formatter
from ..request_id import ids_of, request_id, trace_id
from ..version import VERSION
from .marks import probe

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Counted = Callable[[str, Mapping[str, object]], None]
"""Gets each event with its fields, to count it."""
# At DEBUG these write verifiers, URLs with their query, and whole records of the store.
TALKATIVE = ("authlib", "urllib3", "requests", "joserfc", "redis", "flask_session")

_lines = logging.getLogger("webapp.lines")
_counted: list[Counted] = []


def configure(app: Flask, settings: Settings, counted: Counted | None = None) -> None:
    """Send the logs of the whole process to stderr in our format, and log what `app` answers.

    A second application in the process changes the format; it does not double the lines. `counted` gets every event.
    """
    _counted[:] = [counted] if counted else []
    handler = Unhurried()
    handler.setFormatter(formatter(settings.log_format))
    handler.set_name("webapp")
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if known.get_name() == "webapp"]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    # No line names them: https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root.setLevel(settings.log_level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
    for name in ("werkzeug", "gunicorn.error"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutQueries) for known in logger.filters):
            logger.addFilter(WithoutQueries())
    _watch(app, settings.log_addresses, bool(settings.trusted_proxies))


def _watch(app: Flask, addresses: str, trusted: bool) -> None:
    """Log one line for each request, and give each an id, which the answer carries too.

    Around the application and not by its hooks: there each answer would pay for a lookup of `g`, and for a header that
    is added to a list which the answer copies afterwards.
    """
    inner = app.wsgi_app
    # Nothing here reads RAW_URI, but OpenTelemetry shows it as http.target, and by its newer conventions the query as
    # url.query: with code and state. It is loaded only by its own launcher.
    tracing = sys.modules.get("opentelemetry.trace")

    def watched(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["RAW_URI"] = environ.get("PATH_INFO") or "/"
        started, (identity, trace) = time.perf_counter(), ids_of(environ, trusted)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # Flask answers while its request is still at hand.
            path = "/" + environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace").lstrip("/")
            # Health probes and static files would drown the rest.
            level = logging.DEBUG if path.startswith("/static/") or probe.here else logging.INFO
            if _lines.isEnabledFor(level):
                code, ms = int(status[:3]), round((time.perf_counter() - started) * 1000, 1)
                # Who is refused may be attacking; an address of anybody else is personal data without a need.
                named = addresses == "all" or (addresses == "refused" and code >= 400)
                address = request.remote_addr if named else None
                write("request", level, method=request.method, path=path, status=code, ms=ms, address=address)
            if tracing:
                tracing.get_current_span().set_attribute("url.query", "")
            return start_response(status, [*headers, ("X-Request-Id", identity)], *error)

        token, trace_token = request_id.set(identity), trace_id.set(trace)
        try:
            return inner(environ, start)
        finally:
            request_id.reset(token)
            trace_id.reset(trace_token)

    app.wsgi_app = watched  # type: ignore[method-assign]


def event(name: str, level: int = logging.INFO, **fields: object) -> None:
    """Log one outcome, such as `event("signed_on", mode="hosted", subject=sub)`, and count it.

    `subject` is hashed. Never pass a code, token, cookie or password.
    """
    for count in _counted:
        count(name, fields)
    if "subject" in fields:
        fields["subject"] = hashed(str(fields["subject"]))
    write(name, level, **fields)


def write(name: str, level: int, **fields: object) -> None:
    """Log one line of fields; fields without a value are left out."""
    if not _lines.isEnabledFor(level):
        return
    # Made here and not by `log`, which walks up the stack for a place in the code that no line of ours shows.
    record = logging.LogRecord(_lines.name, level, __file__, 0, name, None, None)
    fields["request"], fields["trace_id"] = request_id.get(), trace_id.get()
    record.__dict__["fields"] = {key: value for key, value in fields.items() if value not in (None, "")}
    _lines.handle(record)


def to_our_form() -> None:
    """Log what Python would write in a form of its own: warnings, and how a thread ends that has met a fault."""
    logging.captureWarnings(True)
    threading.excepthook = _thread_ended


def started(settings: Settings, workers: int) -> None:
    """Log what has started, for the reader of the other lines."""
    event(
        "started", version=VERSION, issuer=settings.issuer, pingone="simulator" if settings.simulator else "tenant",
        store="redis" if settings.redis_url else "sqlite", url=settings.public_url, workers=workers,
        threads=settings.web_threads, metrics=settings.metrics_port or None,
    )  # fmt: skip


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        fault = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger("webapp").error("a thread ended", exc_info=fault)


def hashed(subject: str) -> str:
    """A short stand-in for a user, the same every time: enough to follow one user, too little to find out who."""
    return hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:12] if subject else ""
