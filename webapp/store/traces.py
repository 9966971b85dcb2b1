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
KIND = "trace"


class Traces:
    """Redacted stories by id. The owner is the browser that began the sign-on, or the session that came of it."""

    def __init__(self, store: SealedStore) -> None:
        self._store = store

    def put(self, trace: str, secret: str, story: Mapping[str, Any]) -> None:
        """Keep a story: for an hour once it has an outcome, no longer than its attempt while it is open.

        Otherwise a flood of starts that nobody finishes would stay as long as sessions do.
        """
        lifetime = LIFETIME if story.get("outcome") else OPEN_LIFETIME
        self._store.put(KIND, trace, {"owner": _owner(secret), "story": _packed(story)}, lifetime)

    def get(self, trace: str, secrets: Collection[str] | None = None) -> dict[str, Any] | None:
        """Return the story, when one of `secrets` is its browser's; None is for the session that owns it."""
        record = self._store.get(KIND, trace)
        if record is None or (secrets is not None and record.get("owner") not in {_owner(each) for each in secrets}):
            return None
        return _unpacked(record.get("story"))

    def update(self, trace: str, story: Mapping[str, Any]) -> None:
        """Keep a story that went on after sign-on; one that has expired stays away."""
        record = self._store.get(KIND, trace)
        if record is not None:
            self._store.replace(KIND, trace, {**record, "story": _packed(story)}, LIFETIME)


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
