"""A visitor who signs on as fast as the application lets them: no browser, no parsing of pages, one connection."""

import base64
import json
import socket
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.cookies import keep


def code_for(nonce: str, challenge: str) -> str:
    """The code of the bench provider, which the visitor may make as well: it holds what the provider must know."""
    return base64.urlsafe_b64encode(json.dumps([nonce, challenge]).encode()).rstrip(b"=").decode()


class Unexpected(Exception):
    """The application did not do what a sign-on asks for; nothing that was measured means anything."""


class Visitor:
    """One person with one kept connection. `sign_on` begins with no cookies and ends on the session page."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self.public_url, self.host = public_url, parts.netloc
        self.connection = socket.create_connection(("127.0.0.1", parts.port or 80), timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.connection.makefile("rb")
        self.cookies: dict[str, str] = {}

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.stream.close()
        self.connection.close()

    def sign_on(self, start: str) -> None:
        """Begin at `start`, answer for PingOne or fill in the form, and see the session page."""
        self.cookies = {}
        location = self.redirected("GET", start)
        if location.startswith("https://"):
            asked = dict(parse_qsl(urlsplit(location).query))
            code = code_for(asked.get("nonce", ""), asked.get("code_challenge", ""))
            callback = urlsplit(asked["redirect_uri"]).path
            location = self.redirected("GET", f"{callback}?{urlencode({'code': code, 'state': asked['state']})}")
        else:
            self.seen(location)
            location = self.redirected("POST", location, urlencode({"username": "alice", "password": "hunter-2"}))
        self.see(location)

    def see(self, path: str) -> None:
        """Look at a page that shows who is signed on."""
        if b"alice" not in self.seen(path):
            raise Unexpected(f"{path} does not show who is signed on")

    def seen(self, path: str) -> bytes:
        """The content of a page."""
        status, _, body = self.request("GET", path)
        if status != 200:
            raise Unexpected(f"{path} answered {status}")
        return body

    def redirected(self, method: str, path: str, form: str = "") -> str:
        """Where an address leads: a path of the application, or a URL elsewhere."""
        status, location, body = self.request(method, path, form)
        if status not in (302, 303):
            raise Unexpected(f"{path} answered {status}: {body[-300:]!r}")
        return location.removeprefix(self.public_url)

    def request(self, method: str, path: str, form: str = "") -> tuple[int, str, bytes]:
        """Status, Location and body of the answer; cookies are kept."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", "Accept: text/html"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += [f"Origin: {self.public_url}", "Sec-Fetch-Site: same-origin", f"Content-Length: {len(form)}"]
            lines.append("Content-Type: application/x-www-form-urlencoded")
        self.connection.sendall("\r\n".join([*lines, "", form]).encode())
        return self._answer()

    def _answer(self) -> tuple[int, str, bytes]:
        status = int(self.stream.readline().split(b" ", 2)[1])
        length, location = 0, ""
        while line := self.stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "set-cookie":
                    keep(self.cookies, value)
                case "transfer-encoding":
                    raise Unexpected("an answer of unknown length")
        return status, location, self.stream.read(length)
