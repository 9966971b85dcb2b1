"""Scheme, host and port: who a call goes to."""

from collections.abc import Collection
from typing import NamedTuple

import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from .errors import OriginNotAllowed


class Origin(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc6454#section-4, with the default port written out."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def origin_of(url: str) -> Origin:
    """The origin as urllib3 will dial it: a second parser that reads `https://a\\@b` another way than the first is how
    allow-lists are passed. Raises `requests.exceptions.InvalidURL`."""
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise requests.exceptions.InvalidURL("not a URL") from error
    scheme, host = (parsed.scheme or "").lower(), (parsed.host or "").lower()
    if scheme not in ("http", "https") or not host:
        raise requests.exceptions.InvalidURL("not an http or https URL")
    return Origin(scheme, host, parsed.port or (443 if scheme == "https" else 80))


class AllowedOrigins:
    """The only places a call may go to; an empty list allows every place."""

    def __init__(self, urls: Collection[str]) -> None:
        self._origins = frozenset(origin_of(url) for url in urls)

    def check(self, origin: Origin) -> None:
        """Raises `OriginNotAllowed`."""
        if self._origins and origin not in self._origins:
            raise OriginNotAllowed(f"{origin} is not among the allowed origins")
