"""Scheme, host and port: who a call goes to."""

import re
from collections.abc import Collection
from typing import NamedTuple

from .errors import InvalidURL, OriginNotAllowed

PORTS = {"http": 80, "https": 443}
_URL = re.compile(
    r"(https?)://"
    r"(?:[^@/?#\\\s]*@)?"
    r"([a-z0-9._-]+|\[[0-9a-f:.]+\])"
    r"(?::([0-9]{0,5}))?"
    r"((?:[/?][!\"$-~]*)?)"  # Printable ASCII but `#`: what can be sent in a request line as it is.
    r"(?:#.*)?",
    re.ASCII | re.IGNORECASE,
)
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


class Origin(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc6454#section-4, with the default port written out."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def split(url: str) -> tuple[Origin, str]:
    """Return who is called and the target of the request line, which begins with one slash.

    The only reader of URLs here: a second parser that reads `https://a\\@b` another way than the first is how
    allow-lists are passed. Nothing is corrected; dot segments, which a server may resolve into a path that was never
    compared with anything, are refused. Raises `InvalidURL`.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise InvalidURL("not an http or https URL that can be sent as it is")
    scheme, host, port, target = found.groups()
    scheme = scheme.lower()
    number = int(port or PORTS[scheme])
    if number > 65_535 or _DOTS.search(target.partition("?")[0]):
        raise InvalidURL("no such port, or dot segments in the path")
    return Origin(scheme, host.lower(), number), "/" + target.lstrip("/")


def origin_of(url: str) -> Origin:
    """Return the origin of a URL; raises `InvalidURL`."""
    return split(url)[0]


class AllowedOrigins:
    """The only places a call may go to: none when the list is empty. `None` in its place allows every place."""

    def __init__(self, urls: Collection[str] | None) -> None:
        self._origins = None if urls is None else frozenset(origin_of(url) for url in urls)

    def check(self, origin: Origin) -> None:
        """Raises `OriginNotAllowed`."""
        if self._origins is not None and origin not in self._origins:
            raise OriginNotAllowed(f"{origin} is not among the allowed origins")
