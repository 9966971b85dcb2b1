"""A browser reduced to what a sign-on needs: connections that are kept, cookies, and the answer's essentials."""

import http.client
import re
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.support.cookies import keep

KEPT = 3.0
"""Seconds after which a kept connection is not used again: gunicorn closes idle ones after five."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Seen:
    """One answer."""

    status: int
    location: str
    body: str

    @property
    def code(self) -> str:
        """The error code of an error page."""
        found = re.search(r'data-error-code="([a-z_]+)"', self.body)
        return found[1] if found else ""


class Wires:
    """The kept connections of one thread, by host."""

    def __init__(self, authorities: Path | None = None) -> None:
        """`authorities`: who vouches for a provider that is reached by https."""
        self.patience = PATIENCE
        self._authorities = authorities
        self._kept: dict[str, tuple[http.client.HTTPConnection, float]] = {}

    def send(self, method: str, url: str, body: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """The answer, not yet read."""
        parts = urlsplit(url)
        connection, used = self._kept.get(parts.netloc, (None, 0.0))
        if connection is None or time.monotonic() - used > KEPT:
            if connection is not None:
                connection.close()
            # The application is `localhost` to its visitors, and listens on 127.0.0.1.
            if parts.scheme == "https":
                trust = ssl.create_default_context(cafile=self._authorities)
                connection = http.client.HTTPSConnection("127.0.0.1", parts.port, timeout=self.patience, context=trust)
            else:
                connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=self.patience)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body or None, {"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        self._kept[parts.netloc] = connection, time.monotonic()
        return answer

    def close(self) -> None:
        """Hang up."""
        for connection, _ in self._kept.values():
            connection.close()
        self._kept.clear()


class Browser:
    """One visitor's cookies, on the connections of a thread."""

    def __init__(self, public_url: str, wires: Wires, cookies: dict[str, str] | None = None) -> None:
        self.public_url, self.wires = public_url, wires
        self.cookies = dict(cookies or {})
        self.also: dict[str, str] = {}
        """Headers that each request has besides."""
        self.at = public_url
        """The address of the last request."""

    def get(self, url: str) -> Seen:
        """Visit an address: a path is the application's."""
        return self._request("GET", url)

    def post(self, path: str, **fields: str) -> Seen:
        """Send a form of the application's own."""
        return self._request("POST", path, urlencode(fields))

    def _request(self, method: str, url: str, body: str = "") -> Seen:
        ours = url.startswith("/") or url.startswith(f"{self.public_url}/")
        self.at, headers = url, {"Accept": "text/html", **self.also}
        if ours and self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"Origin": self.public_url, "Sec-Fetch-Site": "same-origin"}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.wires.send(method, self.public_url + url if url.startswith("/") else url, body, headers)
        text = answer.read().decode("utf-8", "replace")
        if ours:
            for cookie in answer.headers.get_all("Set-Cookie", []):
                keep(self.cookies, cookie)
        return Seen(answer.status, answer.headers.get("Location", ""), text)
