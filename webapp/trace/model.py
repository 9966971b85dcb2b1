"""The shape of one recorded call, before anything is hidden from it."""

from dataclasses import dataclass, field

Headers = tuple[tuple[str, str], ...]
"""Name and value in the order they went over the wire; a name may occur more than once (Set-Cookie)."""


@dataclass(frozen=True)
class Exchange:
    """One attempt at one HTTP call: what was sent and what came back, or how it failed.

    A call that was retried is two exchanges. Everything in here is raw, codes, tokens and cookies included, so an
    exchange lives in memory only and is redacted before it is kept; its `repr` shows no header, body or query.
    """

    started_at: float
    """Seconds since the epoch, UTC."""
    duration: float
    """Seconds until the answer was read completely, or until the failure."""
    method: str
    url: str = field(repr=False)
    request_headers: Headers = field(repr=False)
    request_body: bytes = field(repr=False)
    status: int | None
    """None when no answer came."""
    reason: str
    response_headers: Headers = field(repr=False)
    response_body: bytes = field(repr=False)
    """Decoded (no Content-Encoding left) and possibly cut: recorders keep a bounded piece of a body."""
    failure: str | None
    """Name of the exception's class and its words when the call failed, otherwise None."""
    new_connection: bool
    """True when this attempt had to open a connection, False on a kept one or in memory."""
