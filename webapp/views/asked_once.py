"""A form that is sent twice reaches PingOne once: to stop a slow answer and press again gets the first one.

Kept in this process alone, for a minute: another process that gets the second press finds the attempt used up, and
says so. Nothing is decided here; a sign-on is finished once, whatever is kept.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from ..store.sessions import Begun

SECONDS = 60


@dataclass(frozen=True)
class Answered:
    """What a sign-on has led to: its session, where its browser was sent, and the attempts that it used up."""

    begun: Begun = field(repr=False)
    url: str
    attempts: tuple[str, ...]


_lock = Lock()
_under_way: set[str] = set()
_answered: dict[str, tuple[float, Answered]] = {}


@contextmanager
def asking(key: str) -> Iterator[bool]:
    """Yield whether this is the only request that asks for `key`, which names a form and its browser's secret."""
    with _lock:
        first = key not in _under_way
        _under_way.add(key)
    try:
        yield first
    finally:
        if first:
            with _lock:
                _under_way.discard(key)


def is_asked(key: str) -> bool:
    """Whether the answer to this form is under way."""
    return key in _under_way


def keep(key: str, answered: Answered) -> None:
    """Keep what the form has led to, in case its answer does not arrive."""
    now = time.monotonic()
    with _lock:
        for old in [old for old, (until, _) in _answered.items() if until < now]:
            del _answered[old]
        _answered[key] = now + SECONDS, answered


def answered(key: str) -> Answered | None:
    """Return what the form has led to a moment ago, once."""
    with _lock:
        until, found = _answered.pop(key, (0.0, None))
    return found if until >= time.monotonic() else None
