"""How many Python calls a sign-on takes, and in which part of the program: the same number on any machine.

`python -m tests.bench.calls TARGET START` imports a WSGI application in this process, lets a visitor sign on without a
socket, and prints JSON: `calls` of Python and C functions in one sign-on (start, callback or form, session page), and
`parts`, the same by part. A function of the standard library belongs to whoever called it. With a number after START
that many sign-ons are made and nothing is counted: something outside counts, such as valgrind.
"""

import importlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from types import FrameType
from typing import Any

from tests.bench.visitor import Visitor
from tests.support.cookies import keep

SIGN_ONS = 4
PARTS = {
    "the story": ("/webapp/trace/", "/webapp/store/traces", "/transport/recording"),
    "rendering": ("/jinja2/", "/markupsafe/", "<template>", "/templates/"),
    "Flask, Werkzeug": ("/flask/", "/werkzeug/", "/flask_session/", "/itsdangerous/", "/blinker/"),
    "the store": ("/webapp/store/sqlite", "/webapp/store/redis", "/redis/"),
    "sealing": ("/webapp/store/sealed", "/webapp/store/keyring", "/cryptography/"),
    "calls to PingOne": ("/urllib3/", "/http/client.py", "/webapp/transport/"),
    "requests": ("/requests/",),
    "tokens and keys": ("/joserfc/", "/oidc/keys.py", "/oidc/id_token.py"),
    "logging": ("/logging/", "/views/logs.py", "/log_lines.py"),
    "Authlib": ("/authlib/",),
}
OURS = "ours, the rest"


class Counting:
    """Counts calls while it is on. Each frame belongs to the part that its file names, or to its caller's."""

    def __init__(self, parts: Mapping[str, tuple[str, ...]] = PARTS) -> None:
        self.parts: Counter[str] = Counter()
        self._marks, self._known = parts, dict[str, str]()
        self._stack = [OURS]

    def __enter__(self) -> "Counting":
        self._stack = [OURS]
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _event(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            part = self._part(frame.f_code.co_filename)
            self._stack.append(part or self._stack[-1])
            self.parts[self._stack[-1]] += 1
        elif event == "c_call":
            self.parts[self._stack[-1]] += 1
        elif event == "return" and len(self._stack) > 1:
            self._stack.pop()

    def _part(self, file: str) -> str:
        if file not in self._known:
            found = (part for part, marks in self._marks.items() if any(mark in file for mark in marks))
            self._known[file] = next(found, OURS if "/webapp/" in file else "")
        return self._known[file]


class InProcess(Visitor):
    """A visitor without a connection: requests are calls of the application."""

    def __init__(
        self, application: Callable[..., Any], public_url: str, watching: AbstractContextManager[Any] | None = None
    ) -> None:
        self.application, self.public_url = application, public_url
        self.host = public_url.removeprefix("http://")
        self.cookies = {}
        self.counting = Counting()
        self._watching = watching or self.counting

    def close(self) -> None:
        """There is nothing to hang up."""

    def request(self, method: str, path: str, form: str = "") -> tuple[int, str, bytes]:
        """Status, Location and body of the answer; cookies are kept."""
        path, _, query = path.partition("?")
        answered: list[Any] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "RAW_URI": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": self.host.rpartition(":")[2],
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self.host,
            "HTTP_ACCEPT": "text/html",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(form.encode()),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            environ |= {
                "HTTP_ORIGIN": self.public_url,
                "HTTP_SEC_FETCH_SITE": "same-origin",
                "CONTENT_LENGTH": str(len(form)),
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
            }
        with self._watching:
            content = self.application(environ, lambda *heads: answered.append(heads))
            body = b"".join(content)
            if hasattr(content, "close"):
                content.close()
        status, headers = answered[0][:2]
        for name, value in headers:
            if name.lower() == "set-cookie":
                keep(self.cookies, value)
        location = next((value for name, value in headers if name.lower() == "location"), "")
        return int(status.split()[0]), location, body


def counted(application: Callable[..., Any], public_url: str, start: str) -> dict[str, float]:
    """Calls by part in one warm sign-on."""
    visitor = InProcess(application, public_url)
    for _ in range(2):
        visitor.sign_on(start)
    visitor.counting.parts.clear()
    for _ in range(SIGN_ONS):
        visitor.sign_on(start)
    return {part: count / SIGN_ONS for part, count in visitor.counting.parts.most_common()}


def main(target: str, start: str, uncounted: str = "") -> None:
    """Count and print."""
    module, _, name = target.partition(":")
    found = getattr(importlib.import_module(module), name.removesuffix("()"))
    application = found() if name.endswith("()") else found
    if uncounted:
        visitor = InProcess(application, os.environ["PUBLIC_URL"], nullcontext())
        for _ in range(int(uncounted)):
            visitor.sign_on(start)
        return
    parts = counted(application, os.environ["PUBLIC_URL"], start)
    sys.stdout.write(f"\n{json.dumps({'calls': sum(parts.values()), 'parts': parts})}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
