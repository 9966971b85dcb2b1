"""How much of a store may be taken by records that cost nothing but a request: everybody may begin a sign-on.

A room is counted in slots of 4 KB, so that one number bounds both how many records there are and how many bytes they
hold. In a full room the record nearest to its end goes first, which among records of one lifetime is the oldest.
Sessions, locks and the marks of ended sessions are in no room: no number of strangers can push them out.
"""

from collections.abc import Mapping

SLOT = 4096
"""Bytes of a value that occupy one slot; every slot that was begun counts."""
ROOMS: Mapping[str, int] = {"attempt": 25_000, "trace": 15_000, "story": 20_000, "throttle": 20_000, "kept_form": 5_000}
"""Slots by kind of record. All rooms full, strangers hold 160 MB: open sign-ons with their stories, and stories of
refused ones. Stories of people who signed on have 80 MB of their own; throttling counts hold no value."""


def slots(value: bytes) -> int:
    """Return how many slots a record with this value occupies."""
    return 1 + len(value) // SLOT


def room_of(key: str, rooms: Mapping[str, int]) -> str | None:
    """Return the room that a record is counted in: the kind in front of its name, if that kind has a room."""
    kind = key.partition(":")[0]
    return kind if kind in rooms else None
