"""PingOne's cookies, held by our server for one attempt.

`ST` is a bearer credential for the whole PingOne session: it lives in the sealed record of the attempt, then in that
of the session, whose sign-off is the last to need it. It goes to PingOne's origin only and is never shown or logged.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import requests

MOST = 20
LONGEST = 4096

Cookies = Mapping[str, str]


def received(cookies: Cookies, response: requests.Response) -> dict[str, str]:
    """Return the cookies after an answer: what it set is added, what it deleted is gone.

    PingOne's sessions page tells clients that are not browsers to store and replay what they are given. A jar is not
    used because one attempt speaks to one origin and must not share its cookies with any other attempt.
    """
    held = dict(cookies)
    for line in _lines(response):
        name, _, rest = line.partition("=")
        value, *attributes = (part.strip() for part in rest.split(";"))
        name, value = name.strip(), value.strip('"')
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            continue
        if not value or _deleted(attributes):
            held.pop(name, None)
        elif value.isascii() and value.isprintable() and not set(value) & set(' ,;"\\') and len(value) <= LONGEST:
            held[name] = value
    return dict(list(held.items())[:MOST])


def header(cookies: Cookies) -> dict[str, str]:
    """Return the request header that sends them back; no header when there are none."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def _lines(response: requests.Response) -> list[str]:
    # requests joins repeated headers with commas, which also stand in Expires, so `response.headers` will not do.
    pairs = getattr(response, "header_pairs", None)  # This application's transport keeps them one by one.
    if pairs is not None:
        return [value for name, value in pairs if name.lower() == "set-cookie"]
    return list(response.raw.headers.getlist("Set-Cookie"))  # Any other session: ask urllib3.


def _deleted(attributes: list[str]) -> bool:
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.lower() == "max-age":
            return value.startswith("-") or value == "0"
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.lower() == "expires":
            try:
                return parsedate_to_datetime(value).year < 2000
            except (ValueError, TypeError):
                return False
    return False
