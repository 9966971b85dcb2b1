"""The story of one sign-on: its steps in order, redacted when they are recorded, small enough to keep."""

from collections.abc import Iterable, Mapping
from typing import Self, cast
from urllib.parse import urlencode

from .body import FORM, cut
from .classify import name_of
from .model import Exchange
from .redact import Redactor
from .steps import LONGEST_LINE, CheckLike, Step, call_step, empty_step, fit, keep_check, same

VERSION = 1
MOST_STEPS = 60
FIRST_STEPS = 40
"""When there are too many steps the first ones stay, and the latest ones; what is dropped lies between."""
MOST_BYTES = 131_072
"""Of the record as JSON."""

FETCHED = frozenset({"discovery", "jwks"})
"""Calls that serve another step, whenever the cached document is too old."""

REPEATABLE = FETCHED | {"flow_read"}
"""Steps that may be made again and again, such as waiting for a push; equal ones in a row are counted."""


class Story:
    """Records what happened during one sign-on. Not shared between threads: one request, one story object.

    Secrets given to `secret` are known to this object only. The record holds none, so a story that was read again
    masks by name until it is told the values again.
    """

    def __init__(self, id: str, mode: str, started_at: float) -> None:
        self.id, self.mode, self.started_at = id, mode, started_at
        self.ended_at: float | None = None
        self.outcome, self.code = "", ""
        self.left_out = 0
        self.steps: list[Step] = []
        self._redactor = Redactor()

    @classmethod
    def begin(cls, id: str, mode: str, started_at: float) -> Self:
        """A story without steps; `mode` is hosted, redirectless or custom, `started_at` seconds since the epoch."""
        return cls(id, mode, started_at)

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        """The story that `to_record` wrote.

        A record of another version gives a story without its steps: a trace that cannot be read is no reason to
        refuse a sign-on.
        """
        story = cls(str(record.get("id", "")), str(record.get("mode", "")), _number(record.get("started_at")))
        story.outcome, story.code = str(record.get("outcome") or ""), str(record.get("code") or "")
        ended_at = record.get("ended_at")
        story.ended_at = None if ended_at is None else _number(ended_at)
        steps = record.get("steps")
        if record.get("version") == VERSION and isinstance(steps, list):
            story.left_out = int(_number(record.get("left_out")))
            story.steps = [cast(Step, empty_step("", "", 0.0) | step) for step in steps if isinstance(step, dict)]
        return story

    def to_record(self) -> dict[str, object]:
        """The story as JSON-able data, at most MOST_BYTES of steps."""
        steps, dropped = fit(self.steps, MOST_BYTES)
        return {
            "version": VERSION,
            "id": self.id,
            "mode": self.mode,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "outcome": self.outcome,
            "code": self.code,
            "left_out": self.left_out + dropped,
            "steps": [dict(step) for step in steps],
        }

    def secret(self, kind: str, value: str) -> None:
        """Mask this value, of this kind (`code_verifier`, `password`, ...), wherever it shows up from now on."""
        if value:
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
        fields = list(body)
        if fields and method == "GET":
            url, fields = f"{url}?{urlencode(fields, errors='surrogatepass')}", []
        step = empty_step(sender, receiver, at)
        step["method"], step["url"], step["status"] = method, cut(self._redactor.url(url), LONGEST_LINE), status
        step["headers" if status is None else "answer_headers"] = self._redactor.headers(headers)
        if fields:
            pairs = self._redactor.pairs(fields)
            step["body"] = {"kind": "form", "type": FORM, "size": 0, "pairs": pairs}
        self._add(step)

    def record(self, exchange: Exchange) -> None:
        """A call of this application to PingOne: the recorder that the transport calls for every attempt."""
        self._add(call_step(exchange, self._redactor))

    def checked(self, checks: Iterable[CheckLike], step: str = "") -> None:
        """Attach checks to the latest step called `step` (`token`, `callback`, ...), or to the latest one.

        Fetching keys or metadata is not the step that is meant, unless there is no other: both are fetched on
        behalf of the answer that came before.
        """
        kept = [keep_check(check, self._redactor) for check in checks]
        if not kept:
            return
        named = [one for one in self.steps if one["name"].partition(":")[0] == step]
        meant = named or [one for one in self.steps if one["name"] not in FETCHED] or self.steps
        if not meant:
            self._add(empty_step("application", "application", self.started_at))
        meant[-1]["checks"] = meant[-1]["checks"] + kept

    def end(self, outcome: str, code: str = "", *, at: float) -> None:
        """`signed_on`, `refused` (with the error code) or `signed_off`. Steps may follow: a session goes on."""
        self.outcome, self.code, self.ended_at = outcome, code, at

    def _add(self, step: Step) -> None:
        step["name"] = name_of(step)
        last = self.steps[-1] if self.steps else None
        if last and step["name"] in REPEATABLE and same(last, step):
            step["repeats"], step["at"] = last["repeats"] + 1, last["at"]
            self.steps.pop()
        self.steps.append(step)
        if len(self.steps) > MOST_STEPS:
            del self.steps[FIRST_STEPS]
            self.left_out += 1


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
