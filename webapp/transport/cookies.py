"""The cookies of one answer, for the caller that carries PingOne's session itself."""

import time
from collections.abc import Callable

import requests

from .answer import Answer
from .dates import epoch_seconds


def set_cookies(response: requests.Response, *, now: Callable[[], float] = time.time) -> dict[str, str]:
    """Name to value of every `Set-Cookie` field; a cookie that the answer deletes has the value "".

    Values are kept as they stand, quotes included, because they go back to the server that made them. Domain, Path and
    Secure are not looked at: the caller sends the cookies to one configured origin and nowhere else. Takes a response
    of this transport; any other raises TypeError, because a joined header cannot be split again (Expires has a comma).
    Source: https://www.rfc-editor.org/rfc/rfc6265#section-5.2
    """
    if not isinstance(response, Answer):
        raise TypeError("set_cookies() reads answers of the transport")
    cookies: dict[str, str] = {}
    for field, line in response.header_pairs:
        if field.lower() != "set-cookie":
            continue
        pair, *rest = line.split(";")
        name, equals, value = pair.partition("=")
        if equals and name.strip():
            cookies[name.strip()] = "" if _deletes(rest, now()) else value.strip()
    return cookies


def _deletes(attributes: list[str], now: float) -> bool:
    """Whether the attributes put the cookie's end into the past; Max-Age wins over Expires."""
    given = {}
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        given[name.strip().lower()] = value.strip()
    age = given.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return age.startswith("-") or not age.strip("0")
    expires = epoch_seconds(given.get("expires", ""))
    return expires is not None and expires <= now
