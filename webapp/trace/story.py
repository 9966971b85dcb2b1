"""The story of one sign-on: its steps in order, redacted when they are recorded, small enough to keep."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Self
from urllib.parse import urlencode

from .classify import name_of
from .memory import opened, sealed
from .model import Exchange
from .note import CheckLike, Note, note_call, note_checks, note_hop
from .redact import Redactor
from .steps import FETCHED, Step, step_of, steps_of

VERSION = 2
MOST_STEPS = 60
FIRST_STEPS = 40
"""When there are too many steps the first ones stay, and the latest ones; what is dropped lies between."""
MOST_BYTES = 65_536
"""Of the record as JSON."""

REPEATABLE = FETCHED | {"flow_read"}
"""Steps that may be made again and again, such as waiting for a push; equal ones in a row are counted."""

BROKEN = "This step could not be written down: what it brought was too much for the recorder. The sign-on went on."


class Story:
    """Records what happened during one sign-on. Not shared between threads: one request, one story object.

    Recording cannot fail: the sign-on goes on whatever an answer holds, and the story says what it could not record.
    Secrets are known to this object only; a story that was read again knows them by `remember`, or is given them again.
    """

    def __init__(self, id: str, mode: str, started_at: float) -> None:
        self.id, self.mode, self.started_at = id, mode, started_at
        self.ended_at: float | None = None
        self.outcome, self.code = "", ""
        self.left_out = 0
        self.notes: list[Note] = []
        self._redactor = Redactor()
        self._told: set[str] = set()
        self._key, self._memory = "", ""

    @classmethod
    def begin(cls, id: str, mode: str, started_at: float) -> Self:
        """A story without steps; `mode` is hosted, redirectless or custom, `started_at` seconds since the epoch."""
        return cls(id, mode, started_at)

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        """The story that `to_record` wrote.

        A record of another version gives a story without its steps: a trace that cannot be read must not
        refuse a sign-on.
        """
        story = cls(str(record.get("id", "")), str(record.get("mode", "")), _number(record.get("started_at")))
        story.outcome, story.code = str(record.get("outcome") or ""), str(record.get("code") or "")
        ended_at = record.get("ended_at")
        story.ended_at = None if ended_at is None else _number(ended_at)
        notes = record.get("notes")
        if record.get("version") == VERSION and isinstance(notes, list):
            story.left_out = int(_number(record.get("left_out")))
            story.notes = [note for note in notes if isinstance(note, dict)]
            story._memory = str(record.get("memory") or "")
        return story

    def to_record(self) -> dict[str, object]:
        """The story as JSON-able data, at most MOST_BYTES of notes."""
        notes, dropped = _fitting(self.notes)
        record: dict[str, object] = {"version": VERSION, "id": self.id, "mode": self.mode, "notes": notes}
        record |= {"started_at": self.started_at, "ended_at": self.ended_at, "outcome": self.outcome}
        record |= {"code": self.code, "left_out": self.left_out + dropped}
        learned = self._redactor.secrets.learned
        if self._key and not self.outcome and (met := {v: k for v, k in learned.items() if v not in self._told}):
            record["memory"] = sealed(met, self._key)
        return record

    @property
    def steps(self) -> list[Step]:
        """The steps as they are read."""
        return steps_of(self.notes, self.started_at)

    def remember(self, key: str) -> None:
        """Know again what earlier requests of this sign-on learned, such as the password that was typed.

        `key` is the secret in the browser's cookie of the attempt. The record holds what was learned under that key
        alone: neither the store nor the application's own key gives it back.
        """
        for value, kind in opened(self._memory, key).items():
            self._redactor.secrets.learn(kind, value)
        self._key = key

    def secret(self, kind: str, value: str) -> None:
        """Mask this value, of this kind (`code_verifier`, `password`, ...), wherever it shows up from now on."""
        if value:
            self._told.add(value)
            self._redactor.secrets.learn(kind, value)

    def hop(
        self,
        sender: str,
        receiver: str,
        method: str,
        url: str,
        *,
        at: float,
        status: int | None = None,
        headers: Iterable[tuple[str, str]] = (),
        body: Iterable[tuple[str, str]] = (),
    ) -> None:
        """A request of the browser. `sender` and `receiver` are `browser`, `application` or `pingone`.

        `url` may be a path of this application. `status` is the answer's, when it is known, and then `headers`
        are the answer's too; without a status they are the request's. `body` are the fields of a form, or the
        parameters of the query when the method is GET.
        """

        def write() -> Note:
            fields = urlencode([*body], errors="surrogatepass")
            form, there = (fields, url) if method != "GET" or not fields else ("", f"{url}?{fields}")
            note = note_hop(method, there, headers, form, self._redactor)
            if status is not None:
                note["status"] = status
                if "headers" in note:
                    note["answer_headers"] = note.pop("headers")
            return note

        self._add({"sender": sender, "receiver": receiver, "at": at}, write)

    def record(self, exchange: Exchange, receiver: str = "pingone") -> None:
        """A call of this application, to PingOne or to an `api`: the recorder that the transport calls."""
        head = {"sender": "application", "receiver": receiver, "at": exchange.started_at}
        self._add(head, lambda: note_call(exchange, self._redactor) | {"receiver": receiver})

    def checked(self, checks: Iterable[CheckLike], step: str = "") -> None:
        """Attach checks to the latest step called `step` (`token`, `callback`, ...), or to the latest one."""
        kept = [*checks]
        if kept:
            self._add({"of": step} if step else {}, lambda: {"checks": note_checks(kept, self._redactor)})

    def end(self, outcome: str, code: str = "", *, at: float) -> None:
        """`signed_on`, `refused` (with the error code) or `signed_off`. Steps may follow: a session goes on."""
        self.outcome, self.code, self.ended_at = outcome, code, at

    def _add(self, head: Note, write: Callable[[], Note]) -> None:
        """The one entrance: whatever goes wrong in describing a step must not end the sign-on that it describes."""
        try:
            note = head | write()
        except Exception as error:  # noqa: BLE001
            note = {
                "sender": "application",
                "receiver": "application",
                **head,
                "failure": f"{BROKEN} ({type(error).__name__})",
            }
        last = self.notes[-1] if self.notes else None
        if last and _same(last, note):
            note["repeats"], note["at"] = last.get("repeats", 1) + 1, last["at"]
            self.notes.pop()
        self.notes.append(note)
        if len(self.notes) > MOST_STEPS:
            del self.notes[FIRST_STEPS]
            self.left_out += 1


def _same(one: Note, other: Note) -> bool:
    """True when a step repeats another one: the same call with the same answer, nothing checked between them."""
    parts = ("method", "url", "status", "failure", "answer_body")
    if one.get("method") != "GET" or any(one.get(part) != other.get(part) for part in parts):
        return False
    return name_of(step_of(one)) in REPEATABLE


def _fitting(notes: list[Note]) -> tuple[list[Note], int]:
    """The notes that fit into MOST_BYTES of JSON, and how many had to go.

    The largest one loses its bodies first, then its headers, then its place.
    """
    sizes = [*map(len, map(ascii, notes))]
    if sum(sizes) <= MOST_BYTES:
        return notes, 0
    kept, dropped = list(notes), 0
    while kept and sum(sizes) > MOST_BYTES:
        largest = sizes.index(max(sizes))
        lighter = _lighter(kept[largest])
        if lighter is None:
            del kept[largest], sizes[largest]
            dropped += 1
        else:
            kept[largest], sizes[largest] = lighter, len(json.dumps(lighter))
    return kept, dropped


def _lighter(note: Note) -> Note | None:
    bodies = {part: note[part] for part in ("body", "answer_body") if note.get(part, {}).get("text")}
    if bodies:
        emptied = {"kind": "left_out"}
        return note | {
            part: emptied | {member: body[member] for member in ("type", "size") if member in body}
            for part, body in bodies.items()
        }
    if note.get("headers") or note.get("answer_headers"):
        return {part: value for part, value in note.items() if part not in ("headers", "answer_headers")}
    return None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
