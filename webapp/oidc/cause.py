"""Why there was no answer, in one word: for a log line that can raise an alert, and for the one who has to mend it."""

import socket
import ssl

_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "name"),
    (ConnectionRefusedError, "refused"),
    (ssl.SSLEOFError, "dropped"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "time"),
    (ConnectionResetError, "dropped"),
    (BrokenPipeError, "dropped"),
)


def cause_of(failure: BaseException) -> str:
    """Return `name` (the host name does not resolve), `refused` (nothing listens there), `tls` (not trusted, or none),
    `time` (no answer in time), `dropped` (the connection broke), what a failure says of itself as its `cause`, or else
    `network`.
    """
    chain = chain_of(failure)
    for each in chain:
        for kind, word in _KINDS:
            if isinstance(each, kind):
                return word
    words = [getattr(each, "cause", "") for each in chain]
    return next((word for word in words if isinstance(word, str) and word), "network")


def chain_of(failure: BaseException) -> list[BaseException]:
    """Return the failure and those behind it, the nearest first: what lies further back may be another story."""
    found: list[BaseException] = []
    cause: BaseException | None = failure
    while cause is not None and len(found) < 10:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found
