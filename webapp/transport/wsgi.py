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
from urllib.parse import unquote_to_bytes, urlsplit

import requests

from webapp.trace.model import Headers

from .answer import Answer, build_answer
from .origin import origin_of
from .sender import Attempt
from .sent import sent_body, sent_headers

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
        parts = urlsplit(prefix.rstrip("/"))
        self._origin = origin_of(prefix)
        self._script_name = parts.path
        self._application = application

    def serves(self, url: str) -> bool:
        return origin_of(url) == self._origin and f"{urlsplit(url).path}/".startswith(f"{self._script_name}/")

    def __call__(self, request: requests.PreparedRequest, attempt: Attempt) -> Answer:
        head: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            head[:] = [(status, headers)]
            return written.append

        left = attempt.until - self._monotonic()
        before = _until.set(time.monotonic() + left)
        try:
            body = _read(self._application(self._environ(request), start_response), written)
        finally:
            _until.reset(before)
        if self._monotonic() > attempt.until:
            # Over a socket this call would have been given up: what arrives later has not arrived.
            raise requests.ReadTimeout("the answer was not complete in time", request=request)
        status, headers = head[0]
        code, _, reason = status.partition(" ")
        pairs: Headers = tuple((name, value) for name, value in headers)
        return build_answer(request, int(code), reason, pairs, body)

    def _environ(self, request: requests.PreparedRequest) -> "WSGIEnvironment":
        """https://peps.python.org/pep-3333/#environ-variables"""
        target = urlsplit(request.url or "")
        body = sent_body(request)
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": self._script_name,
            # WSGI passes bytes dressed as latin-1.
            "PATH_INFO": unquote_to_bytes(target.path.removeprefix(self._script_name)).decode("latin-1"),
            "QUERY_STRING": target.query,
            "SERVER_NAME": self._origin.host,
            "SERVER_PORT": str(self._origin.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._origin.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in sent_headers(request):
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
