"""PingOne's cookies, held by our server for one attempt.

`ST` is a bearer credential for the whole PingOne session: it is in the sealed record of the attempt, then in that of
the session, which needs it for the last time at sign-off. It goes only to PingOne's origin, never to a page or log.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from ..oidc.http import Fields

MOST = 20
LONGEST = 4096

Cookies = Mapping[str, str]


def received(cookies: Cookies, fields: Fields) -> dict[str, str]:
    """Return the cookies after an answer with these header fields: what it set is added, what it deleted is gone.

    PingOne's documentation asks clients that are not browsers to store and resend cookies
    (https://developer.pingidentity.com/pingone-api/platform/sessions.html). A jar is not
    used because one attempt speaks to one origin and must not share its cookies with any other attempt.
    """
    held = dict(cookies)
    for line in (value for name, value in fields if name.lower() == "set-cookie"):
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
