"""Sessions: how long they live, when their ids change, and who learns that one has ended.

A record is what was put in at `begin` plus `established_at`. The members `sid`, `subject` and `issued_at` (the first ID
token's `iat`) are for sign-offs that PingOne starts; the rest is the caller's.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .ended import Ended
from .protocol import StoreUnavailable
from .sealed import Record, Sealed, SealedStore
from .sessions_of import SessionsOf

KIND = "session"
REPLACED = "replaced"
"""Kind of the records that say, for a minute, which session a session of the same browser gave way to."""
TOLD, DAY = "ended-elsewhere", 86_400
LATE = 60
"""Seconds after a new sign-on in which requests with the id before may still be on their way."""
LONGEST_ID = 100
SLACK = 60
"""Seconds by which the clocks of two machines may differ; a session from further ahead is refused."""


@dataclass(frozen=True)
class Begun:
    """A session that has begun, and the record of the one that it replaced."""

    id: str = field(repr=False)
    record: Record = field(repr=False)
    former: Record | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Opened:
    """What an id opens: the record of a session, or of one that was found to be over and is removed."""

    record: Record | None = field(default=None, repr=False)
    over: Record | None = field(default=None, repr=False)


class Sessions:
    """The sessions in a store. Times are seconds of `now`; every method may raise `StoreUnavailable`."""

    def __init__(
        self,
        store: SealedStore,
        now: Callable[[], float],
        idle_seconds: float,
        absolute_seconds: float,
        ended: Ended | None = None,
        listed: bool = True,
    ) -> None:
        """`ended` knows what PingOne has signed off by itself; None when it is not asked to tell us. `listed`: a person
        may see and end all sessions of the same `subject`."""
        self.store, self.now, self.ended = store, now, ended
        self.of = SessionsOf(store, absolute_seconds) if listed else None
        self.idle_seconds, self.absolute_seconds = idle_seconds, absolute_seconds

    def begin(
        self,
        content: Mapping[str, Any],
        over: str = "",
        beside: Sequence[Sealed] = (),
        drops: Sequence[tuple[str, str]] = (),
    ) -> Begun | None:
        """Store a new session, then end the one with the id `over`. None: PingOne ended it while it was being made.

        `beside` and `drops` are put and dropped in the same transaction; if that fails, the session alone is tried: the
        code is spent. The mark of the replaced id is written before its session ends: a request with the old id that
        finds it gone must be able to see why, or it deletes the new session's cookie.
        """
        id, record = secrets.token_urlsafe(32), {**content, "established_at": self.now()}
        if self.ended is not None:
            self.ended.expect(str(record.get("sid", "")))
        entry, subject = None, str(record.get("subject", ""))
        if self.of is not None and subject:
            # With the session itself: one that nobody could find in the list could not be ended from elsewhere.
            record["slot"], entry = self.of.entry(subject, id, self.now())
        puts: list[Sealed] = [(KIND, id, record, self.idle_seconds)]
        if over:
            puts.append((REPLACED, over, {"by": id}, LATE))
        try:
            try:
                listed = self.store.change([*puts, *beside], drops, entry)
            except StoreUnavailable:
                if not beside:
                    raise
                listed = self.store.change(puts, entry=entry)
            if self.of is not None and not listed:
                record["slot"] = self.of.enter(subject, id, self.now(), record["slot"])
                self.store.replace(KIND, id, record, self.idle_seconds)
            if self._ended_by_pingone(record):
                self.store.drop(KIND, id)
                return None
            return Begun(id, record, self.end(over) if over else None)
        except StoreUnavailable:
            with suppress(StoreUnavailable):
                self.store.drop(KIND, id)  # It may have been written although no answer came: nobody has its id.
            raise

    def open(self, id: str) -> Opened:
        """Return the session with this id and let its pause begin again; one that is over is removed.

        Of several requests one gets the record of what is over: its tokens are to be given back once.
        """
        if not 0 < len(id) <= LONGEST_ID:
            return Opened()
        # Pushing the record's own expiry is all that activity does: writing the record back would undo what another
        # request of the same session has stored since. The absolute end is judged below, not by the expiry, so
        # that a session which reaches it is still found once, and its tokens are given back.
        record = self.store.touch(KIND, id, self.idle_seconds)
        if record is not None and not self._lives(record):
            return Opened(over=self.end(id))
        return Opened(record)

    def load(self, id: str) -> Record | None:
        """Return the record as it is now; None when the session has ended."""
        record = self.store.get(KIND, id) if id else None
        return record if record is not None and self._lives(record) else None

    def save(self, id: str, changes: Mapping[str, Any]) -> bool:
        """Change these members if the session has not ended since; False when it has."""
        record = self.load(id)
        if record is None or not self.store.replace(KIND, id, {**record, **changes}, self.idle_seconds):
            return False
        if self._ended_by_pingone(record):
            self.store.drop(KIND, id)
            return False
        return True

    def end(self, id: str) -> Record | None:
        """Remove the session; its record, or None when another request was faster."""
        record = self.store.take(KIND, id) if 0 < len(id) <= LONGEST_ID else None
        if record is not None and self.of is not None:
            with suppress(StoreUnavailable):  # The session has ended; its entry ends by itself.
                self.of.leave(str(record.get("subject", "")), id, record.get("slot"))
        return record

    def all_of(self, subject: str) -> Iterator[tuple[str, Record]]:
        """Yield id and record of this person's sessions, in no order."""
        for id in self.of.ids(subject) if self.of is not None and subject else ():
            record = self.load(id)
            if record is not None:
                yield id, record

    def tell(self, id: str, words: str) -> None:
        """Leave word for the browser of a session that was ended from elsewhere, for a day."""
        self.store.put(TOLD, id, {"words": words}, DAY)

    def told(self, id: str) -> str:
        """Return the word that was left for the browser with this id, once; empty when there is none."""
        left = self.store.take(TOLD, id) if 0 < len(id) <= LONGEST_ID else None
        return str(left["words"]) if left else ""

    def replaced_by(self, id: str) -> str:
        """Return the id that this one gave way to in the last minute; empty when it did not."""
        mark = self.store.get(REPLACED, id) if 0 < len(id) <= LONGEST_ID else None
        return str(mark["by"]) if mark else ""

    def ends_at(self, record: Mapping[str, Any]) -> int:
        """Return when the session ends in any case, in seconds since 1970: the same however often it is asked."""
        return int(record["established_at"] + self.absolute_seconds)

    def left(self, record: Mapping[str, Any]) -> float:
        """Return the seconds until the session ends in any case; 0 when it comes from the future."""
        begun = record.get("established_at")
        age = self.now() - begun if isinstance(begun, int | float) else float("inf")
        return max(0.0, self.absolute_seconds - max(age, 0)) if age >= -SLACK else 0.0

    def _lives(self, record: Mapping[str, Any]) -> bool:
        return self.left(record) > 0 and not self._ended_by_pingone(record)

    def _ended_by_pingone(self, record: Mapping[str, Any]) -> bool:
        if self.ended is None:
            return False
        names = str(record.get("sid", "")), str(record.get("subject", ""))
        return self.ended.covers(*names, float(record.get("issued_at") or 0))
