"""Whom a request must be for, and under which path, before the application or the mounted simulator sees it.

A page of another site can have its own name resolve to our address (DNS rebinding): its scripts would then read our
pages as their own origin, on a developer's computer above all. The name they asked for is in the Host header.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PROBES = ("/healthz", "/readyz")
"""Load balancers ask an address, not a name. The answers hold nothing that is anybody's."""
HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]


class OwnHost:
    """A WSGI application that answers for its own names only.

    The port of a loopback name does not matter: a port is forwarded by the same person at the same computer.
    """

    def __init__(self, application: "WSGIApplication", public_url: str, trusted_proxies: int) -> None:
        """`trusted_proxies`: with one in front it has chosen the host already, and may call us by another name."""
        self._application = application
        self._public_url = public_url
        public = urlsplit(public_url)
        self._names = LOOPBACK if public.hostname in ("localhost", "127.0.0.1", "::1") else (public.netloc,)
        self._loopback = self._names is LOOPBACK
        self._any = bool(trusted_proxies)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] not in ("http", "https"):  # Said by X-Forwarded-Proto.
            return _refuse(start_response, "400 Bad Request", "The forwarded scheme is neither http nor https.")
        if self._any or environ.get("PATH_INFO") in PROBES or self.is_ours(environ.get("HTTP_HOST", "")):
            return self._application(environ, start_response)
        return _refuse(
            start_response,
            "421 Misdirected Request",  # https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20
            f"This server answers for {self._public_url} and for no other host. If that is not its address, set "
            "PUBLIC_URL; if a proxy in front changes the Host header, set TRUSTED_PROXIES.",
        )

    def is_ours(self, host: str) -> bool:
        name = host.lower()
        if self._loopback:
            before, colon, port = name.rpartition(":")
            name = before if colon and port.isdigit() else name
        elif ":" not in self._names[0]:
            name = name.removesuffix(":443")
        return name in self._names


class UnderPath:
    """A WSGI application whose address has a path: requests come with it or without it, its own addresses have it.

    Some proxies take the path off and some leave it on; one that takes it off may say so in `X-Forwarded-Prefix`. The
    path is that of PUBLIC_URL in any case, as the redirect URI and PingOne's other ways back are.
    """

    def __init__(self, application: "WSGIApplication", public_url: str, trusted_proxies: int) -> None:
        self._application = application
        self._public_url = public_url
        self._path = urlsplit(public_url).path
        self._trusted = bool(trusted_proxies)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        said = environ.get("HTTP_X_FORWARDED_PREFIX", "") if self._trusted else ""
        taken_off = [each.strip().rstrip("/") for each in said.split(",") if each.strip(" /")]
        if taken_off and taken_off[-1] != self._path:
            return _refuse(
                start_response,
                "421 Misdirected Request",
                f"The proxy in front says that this server is under the path {taken_off[-1][:100]!r}, and PUBLIC_URL "
                f"is {self._public_url}. Set PUBLIC_URL to the address that browsers see, with its path.",
            )
        if self._path:
            path = environ.get("PATH_INFO", "")
            rest = path.removeprefix(self._path)
            inside = not taken_off and rest != path and rest[:1] in ("", "/")
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = self._path, (rest if inside else path) or "/"
        return self._application(environ, start_response)


def _refuse(start_response: "StartResponse", status: str, sentence: str) -> Iterable[bytes]:
    body = f"{sentence}\n".encode()
    headers: list[tuple[str, Any]] = [*HEADERS, ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]
