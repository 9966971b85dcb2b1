"""What a call can run into when there is no usable answer.

Everything here is a `NoAnswer`, which is an `OSError`, as `webapp.oidc.http.Http` asks for; what Python has a name for
is a `TimeoutError` or a `ConnectionError`, too. Messages name an origin, a size or a time; never a path, a query or a
body, because those carry codes and tokens.
"""

import math
from typing import ClassVar


class NoAnswer(OSError):
    """There is no answer that anybody may use."""

    cause: ClassVar[str] = ""
    """Why, in one word, where no error of Python's below says so; see `webapp.oidc.cause`."""


class InvalidURL(NoAnswer, ValueError):
    """Not an absolute http or https URL that can be sent as it is; no byte left."""

    cause = "not_sent"


class OriginNotAllowed(NoAnswer):
    """The call would have gone to an origin outside the allow-list; no byte left."""

    cause = "not_sent"


class NoConnection(NoAnswer, ConnectionError):
    """Nobody listens there, or the name does not resolve; the request was not sent."""


class ConnectTimeout(NoConnection, TimeoutError):
    """No connection in the time for connecting; the request was not sent."""


class TLSNotTrusted(NoConnection):
    """The other side could not show by TLS who it is; the request was not sent."""


class ReadTimeout(NoAnswer, TimeoutError):
    """The answer was not complete in time. What the other side did with the request is unknown."""


class ConnectionDropped(NoAnswer, ConnectionError):
    """The connection broke before the answer was complete: reset, closed early or truncated.

    What the other side did with the request is unknown.
    """

    cause = "dropped"


class MalformedAnswer(NoAnswer):
    """The answer is not HTTP as we accept it: status line, header block, framing or content coding."""

    cause = "malformed"


class TooLarge(NoAnswer):
    """The answer is larger than the cap and was abandoned, not cut."""

    cause = "too_large"


class Backoff(NoAnswer):
    """No call was made, to protect both sides; it makes sense to come back after `retry_after` seconds, a whole
    number as the header of that name has it."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = math.ceil(retry_after)


class CircuitOpen(Backoff):
    """The origin failed several times in a row and is left alone for a moment."""

    cause = "circuit"


class OriginBusy(Backoff):
    """As many calls as we allow are waiting for this origin already."""

    cause = "crowd"
