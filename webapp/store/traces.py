"""The stories of sign-ons that have ended, kept for an hour for those who own them. An open one is in its attempt.

Those of people who signed on are of a kind of their own: neither a flood of refused starts nor the refusal of another
request of the same attempt can touch them.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from typing import Any

from .sealed import Sealed, SealedStore

LIFETIME = 3600
REFUSED_AT_START = 300
KIND = "story"
REFUSED = "trace"
WORTH_PACKING = 2048
"""Characters of JSON from which a story is compressed."""


class Traces:
    """Redacted stories by id. The browser that began it owns the story of a sign-on that was refused; the session that
    came of it that of another, and after sign-off that session's browser, by a new secret. Each for an hour after the
    last step."""

    def __init__(self, store: SealedStore) -> None:
        self._store = store

    def refused(self, trace: str, secret: str, story: Mapping[str, Any], *, beginning: bool = False) -> None:
        """Keep the story of a sign-on that was refused: for five minutes when it ended where it began, as anybody can
        be refused there as often as they like."""
        record = {"owner": _owner(secret), "story": packed(story)}
        self._store.put(REFUSED, trace, record, REFUSED_AT_START if beginning else LIFETIME)

    def get(self, trace: str, secrets: Collection[str] | None = None) -> dict[str, Any] | None:
        """Return the story, when one of `secrets` is its browser's; None is for the session that owns it."""
        for kind in (KIND, REFUSED):
            record = self._store.get(kind, trace) if secrets is None else self._owned(trace, secrets, kind)
            if record is not None:
                return unpacked(record.get("story"))
        return None

    def update(self, trace: str, story: Mapping[str, Any]) -> None:
        """Keep a story that went on after sign-on; one that has expired stays away."""
        after = {"story": packed(story)}
        self._store.update(KIND, trace, lambda record: None if record is None else record | after, LIFETIME)

    def hand_over(self, trace: str, secret: str, subject: str, until: float) -> bool:
        """Give the story of a session that has ended to its browser, for `LIFETIME`; `until` is when that ends.

        False when there is no such story any more.
        """
        after = {"owner": _owner(secret), "person": _owner(subject), "until": until}
        return self._store.update(KIND, trace, lambda record: None if record is None else record | after, LIFETIME)

    def leave(self, trace: str, secret: str, subject: str, until: float, story: Mapping[str, Any]) -> None:
        """Give a story that no session ever owned to its browser, as `hand_over` does."""
        owned = {"owner": _owner(secret), "person": _owner(subject), "until": until}
        self._store.put(KIND, trace, {**owned, "story": packed(story)}, LIFETIME)

    def left_behind(self, trace: str, secrets: Collection[str]) -> tuple[str, float] | None:
        """Return by whom (a hash, see `is_of`) and until when a story was left to its browser; None for another."""
        record = self._owned(trace, secrets, KIND)
        return (record["person"], float(record["until"])) if record else None

    def forget(self, trace: str, secrets: Collection[str]) -> None:
        """Remove a story that belongs to one of these secrets."""
        for kind in (KIND, REFUSED):
            if self._owned(trace, secrets, kind):
                self._store.drop(kind, trace)

    def _owned(self, trace: str, secrets: Collection[str], kind: str) -> dict[str, Any] | None:
        record = self._store.get(kind, trace)
        return record if record and record.get("owner") in {_owner(each) for each in secrets} else None


def with_session(trace: str, story: Mapping[str, Any]) -> tuple[list[Sealed], list[tuple[str, str]]]:
    """Return what is to be put and dropped together with the session of a sign-on that has just finished.

    From then on the story is the session's: no cookie of the attempt opens it any more.
    """
    return [(KIND, trace, {"owner": "", "story": packed(story)}, LIFETIME)], [(REFUSED, trace)]


def is_of(person: str, subject: str) -> bool:
    """Whether the hash of a person is that of this subject."""
    return person == _owner(subject)


def _owner(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def packed(story: Mapping[str, Any]) -> str:
    """Return a story as it is stored: a third of it when it has a few steps, which say much the same."""
    text = json.dumps(story)
    if len(text) < WORTH_PACKING:
        return text
    # A small window: by default zlib clears a quarter of a megabyte before it begins.
    packer = zlib.compressobj(level=1, wbits=13, memLevel=6)
    return base64.b64encode(packer.compress(text.encode()) + packer.flush()).decode()


def unpacked(text: object) -> dict[str, Any] | None:
    """Return the story that `packed` wrote; None for anything else."""
    try:
        if not isinstance(text, str):
            return None
        return dict(json.loads(text if text.startswith("{") else zlib.decompress(base64.b64decode(text))))
    except (ValueError, zlib.error):
        return None  # Written by another release.
