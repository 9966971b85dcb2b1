"""What a call can run into beyond the exceptions that requests brings.

Everything here is a `requests.RequestException`, so a caller needs one `except` for "no usable answer". Messages name
an origin, a size or a time; never a path, a query or a body, because those carry codes and tokens.
"""

import math

import requests


class ConnectionDropped(requests.ConnectionError):
    """The connection broke before the answer was complete: reset, closed early or truncated.

    What the other side did with the request is unknown.
    """


class MalformedAnswer(requests.RequestException):
    """The answer is not HTTP as we accept it: framing, header block or content encoding."""


class TooLarge(requests.RequestException):
    """The answer is larger than the cap and was abandoned, not cut."""


class OriginNotAllowed(requests.RequestException):
    """The call would have gone to an origin outside the allow-list; no byte left."""


class Backoff(requests.RequestException):
    """No call was made, to protect both sides; it makes sense to come back after `retry_after` seconds, a whole
    number as the header of that name takes it."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = math.ceil(retry_after)


class CircuitOpen(Backoff):
    """The origin failed several times in a row and is left alone for a moment."""


class OriginBusy(Backoff):
    """As many calls as we allow are waiting for this origin already."""
