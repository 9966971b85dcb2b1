"""The stories of sign-ons, kept for an hour for those who own them."""

import base64
import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from typing import Any

from .sealed import SealedStore

LIFETIME = 3600
OPEN_LIFETIME = 900
REFUSED_AT_START = 300
KIND = "trace"


class Traces:
    """Redacted stories by id. Until the sign-on has ended the browser that began it is the owner; then the session that
    came of it; after sign-off that session's browser again, by a new secret. Each for an hour after the last step."""

    def __init__(self, store: SealedStore) -> None:
        self._store = store

    def put(self, trace: str, secret: str, story: Mapping[str, Any], *, beginning: bool = False) -> None:
        """Keep a story: for an hour once it has an outcome, no longer than its attempt while it is open, and for five
        minutes when it ended where it began.

        Otherwise a flood of starts that nobody finishes would stay as long as sessions do.
        """
        ended = REFUSED_AT_START if beginning else LIFETIME
        lifetime = ended if story.get("outcome") else OPEN_LIFETIME
        # From the end of a sign-on the story is the session's: a cookie of the attempt opens it no more.
        owner = "" if story.get("outcome") == "signed_on" else _owner(secret)
        self._store.put(KIND, trace, {"owner": owner, "story": _packed(story)}, lifetime)

    def get(self, trace: str, secrets: Collection[str] | None = None) -> dict[str, Any] | None:
        """Return the story, when one of `secrets` is its browser's; None is for the session that owns it."""
        record = self._store.get(KIND, trace) if secrets is None else self._owned(trace, secrets)
        if record is None:
            return None
        return _unpacked(record.get("story"))

    def update(self, trace: str, story: Mapping[str, Any]) -> None:
        """Keep a story that went on after sign-on; one that has expired stays away."""
        record = self._store.get(KIND, trace)
        if record is not None:
            self._store.replace(KIND, trace, {**record, "story": _packed(story)}, LIFETIME)

    def hand_over(self, trace: str, secret: str, subject: str, until: float) -> bool:
        """Give the story of a session that has ended to its browser, for `LIFETIME`; `until` is when that ends.

        False when there is no such story any more.
        """
        record = self._store.get(KIND, trace)
        after = {"owner": _owner(secret), "person": _owner(subject), "until": until}
        return record is not None and self._store.replace(KIND, trace, {**record, **after}, LIFETIME)

    def left_behind(self, trace: str, secrets: Collection[str]) -> tuple[str, float] | None:
        """Return by whom (a hash, see `is_of`) and until when a story was left to its browser; None for another."""
        record = self._owned(trace, secrets)
        return (record["person"], float(record["until"])) if record and record.get("person") else None

    def forget(self, trace: str, secrets: Collection[str]) -> None:
        """Remove a story that belongs to one of these secrets."""
        if self._owned(trace, secrets):
            self._store.drop(KIND, trace)

    def _owned(self, trace: str, secrets: Collection[str]) -> dict[str, Any] | None:
        record = self._store.get(KIND, trace)
        return record if record and record.get("owner") in {_owner(each) for each in secrets} else None


def is_of(person: str, subject: str) -> bool:
    """Whether the hash of a person is that of this subject."""
    return person == _owner(subject)


def _owner(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _packed(story: Mapping[str, Any]) -> str:
    """A story is text that repeats itself: the same URLs and media types at each step. A third of it is kept."""
    return base64.b64encode(zlib.compress(json.dumps(story).encode(), 1)).decode()


def _unpacked(packed: object) -> dict[str, Any] | None:
    try:
        return dict(json.loads(zlib.decompress(base64.b64decode(packed)))) if isinstance(packed, str) else None
    except (ValueError, zlib.error):
        return None  # Written by another release.
