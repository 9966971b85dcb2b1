"""Calls to an application in this process: the built-in simulator, without a socket to ourselves.

A server that calls itself over HTTP waits for its own threads: with one worker every call times out, with four threads
and eight visitors half of them do.
"""

import io
import sys
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from webapp.oidc.http import Answer, Fields

from .call import Call, Head, Try
from .errors import ReadTimeout
from .origin import split

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


LONGEST_NAP = 30.0  # seconds
_until: ContextVar[float | None] = ContextVar("until", default=None)


def nap(seconds: float) -> None:
    """Sleep for an application in memory that plays a slow provider, but not beyond the deadline of the call that it
    answers: over a socket that call would have been given up, and its thread with it. Visitors wait as long as any."""
    until = _until.get()
    left = LONGEST_NAP if until is None else until - time.monotonic()
    time.sleep(max(0.0, min(seconds, left + 0.001)))


class WsgiSender:
    """Sends to `application` what starts with `prefix`, as if a server had mounted it there. Opens no connection."""

    def __init__(
        self, prefix: str, application: "WSGIApplication", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`prefix`: an http URL without a trailing slash; its path becomes SCRIPT_NAME."""
        self._monotonic = monotonic
        self._origin, target = split(prefix)
        self._script_name = target.rstrip("/")
        self._application = application

    def serves(self, call: Call) -> bool:
        """Whether the call is for this application."""
        path = call.target.partition("?")[0]
        return call.origin == self._origin and f"{path}/".startswith(f"{self._script_name}/")

    def __call__(self, call: Call, attempt: Try) -> Answer:
        """See `Sender`."""
        head: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            head[:] = [(status, headers)]
            return written.append

        left = call.until - self._monotonic()
        before = _until.set(time.monotonic() + left)
        try:
            body = _read(self._application(self._environ(call), start_response), written)
        finally:
            _until.reset(before)
        if self._monotonic() > call.until:
            # Over a socket this call would have been given up: what arrives later has not arrived.
            raise ReadTimeout("the answer was not complete in time")
        status, headers = head[0]
        code, _, reason = status.partition(" ")
        fields: Fields = tuple((name, value) for name, value in headers)
        attempt.head = Head(int(code), reason, fields)
        return Answer(int(code), fields, body)

    def _environ(self, call: Call) -> "WSGIEnvironment":
        """https://peps.python.org/pep-3333/#environ-variables"""
        path, _, query = call.target.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": call.method,
            "SCRIPT_NAME": self._script_name,
            # WSGI passes bytes dressed as latin-1.
            "PATH_INFO": unquote_to_bytes(path.removeprefix(self._script_name)).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self._origin.host,
            "SERVER_PORT": str(self._origin.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(call.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._origin.scheme,
            "wsgi.input": io.BytesIO(call.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in call.fields:
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return environ


def _read(chunks: Iterable[bytes], written: list[bytes]) -> bytes:
    """The body of a WSGI answer. `start_response` has been called once the first chunk is there, not before."""
    try:
        return b"".join([*written, *chunks])
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
