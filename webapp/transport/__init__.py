"""HTTP once: pooled, bounded, recorded, the same for PingOne and for the built-in simulator."""

from .call import Clock, InvalidRequest
from .errors import (
    Backoff,
    CircuitOpen,
    ConnectionDropped,
    ConnectTimeout,
    InvalidURL,
    MalformedAnswer,
    NoAnswer,
    NoConnection,
    OriginBusy,
    OriginNotAllowed,
    ReadTimeout,
    TLSNotTrusted,
    TooLarge,
)
from .transport import Transport

__all__ = [
    "Backoff",
    "CircuitOpen",
    "Clock",
    "ConnectTimeout",
    "ConnectionDropped",
    "InvalidRequest",
    "InvalidURL",
    "MalformedAnswer",
    "NoAnswer",
    "NoConnection",
    "OriginBusy",
    "OriginNotAllowed",
    "ReadTimeout",
    "TLSNotTrusted",
    "TooLarge",
    "Transport",
]
