"""The stories of sign-ons, kept for an hour for those who own them."""

import hashlib
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
        self._store.put(KIND, trace, {"owner": _owner(secret), "story": dict(story)}, lifetime)

    def get(self, trace: str, secrets: Collection[str] | None = None) -> dict[str, Any] | None:
        """Return the story, when one of `secrets` is its browser's; None is for the session that owns it."""
        record = self._store.get(KIND, trace)
        if record is None or (secrets is not None and record.get("owner") not in {_owner(each) for each in secrets}):
            return None
        story = record.get("story")
        return story if isinstance(story, dict) else None

    def update(self, trace: str, story: Mapping[str, Any]) -> None:
        """Keep a story that went on after sign-on; one that has expired stays away."""
        record = self._store.get(KIND, trace)
        if record is not None:
            self._store.replace(KIND, trace, {**record, "story": dict(story)}, LIFETIME)


def _owner(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
