"""One call on its way down through the senders: the pool, an application in memory, and what wraps them."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.oidc.http import Answer, Fields, Request

from ..version import VERSION
from .errors import NoAnswer
from .origin import PORTS, Origin, split

USER_AGENT = f"pingone-signon/{VERSION}"
_TOKENS = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NEVER_IN_A_VALUE = re.compile(r"[^\t -~\x80-\xff]")


class InvalidRequest(NoAnswer, ValueError):
    """A method or a header field that would not be one on the wire; no byte left."""

    cause = "not_sent"


@dataclass(frozen=True, slots=True)
class Call:
    """A request, checked, with everything that goes over the wire. `body` is complete, so it can be sent and shown."""

    method: str
    url: str = field(repr=False)
    origin: Origin
    target: str = field(repr=False)
    fields: Fields = field(repr=False)
    """The header fields as they are sent, `Host` first."""
    body: bytes = field(repr=False)
    until: float
    """The monotonic second at which the whole call, a second attempt included, must be over."""


@dataclass(frozen=True, slots=True)
class Head:
    """What precedes the body of an answer."""

    status: int
    reason: str
    fields: Fields = field(repr=False)


@dataclass(slots=True)
class Try:
    """One attempt at a call; the sender writes down what it came to, also when it fails afterwards."""

    opened_connection: bool = False
    head: Head | None = None
    """Worth showing even when the body never came and nobody may use it."""


Sender = Callable[[Call, Try], Answer]
"""Returns the complete answer or raises a `NoAnswer`."""


@dataclass(frozen=True)
class Clock:
    """Time and chance, as arguments, so that tests decide about both."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    """Seconds since the epoch, UTC."""
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = lambda: random.uniform(0.05, 0.2)  # noqa: S311 - spreads retries, hides nothing
    """Seconds to wait before a retry, so that many clients of a restarted server do not come back together."""


def prepare(request: Request, until: float) -> Call:
    """Return the call that a request asks for.

    Raises `InvalidURL`, and `InvalidRequest` for a line break and the like in a header field (a cookie of PingOne's, or
    a token, goes back to it in one).
    """
    origin, target = split(request.url)
    body, headers = request.body, request.headers
    if not _TOKENS.fullmatch("".join((request.method, *headers))) or not all((request.method, *headers)):
        raise InvalidRequest("a method or a header name is not one")
    if _NEVER_IN_A_VALUE.search("".join(headers.values())):
        raise InvalidRequest("a header value has characters that no header has")
    host = origin.host if origin.port == PORTS[origin.scheme] else f"{origin.host}:{origin.port}"
    fields = [("Host", host), ("User-Agent", USER_AGENT), ("Accept-Encoding", "gzip, deflate"), *headers.items()]
    if body is not None or request.method == "POST":
        fields.append(("Content-Length", str(len(body or b""))))
    return Call(request.method, request.url, origin, target, tuple(fields), body or b"", until)
