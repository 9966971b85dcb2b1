"""HTTP once: pooled, bounded, recorded, the same for PingOne and for the built-in simulator."""

from .errors import (
    Backoff,
    CircuitOpen,
    ConnectionDropped,
    MalformedAnswer,
    OriginBusy,
    OriginNotAllowed,
    TooLarge,
)
from .sender import Clock
from .transport import Transport

__all__ = [
    "Backoff",
    "CircuitOpen",
    "Clock",
    "ConnectionDropped",
    "MalformedAnswer",
    "OriginBusy",
    "OriginNotAllowed",
    "TooLarge",
    "Transport",
]
