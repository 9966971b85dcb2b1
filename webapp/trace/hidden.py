"""The half of a hosted sign-on that passes between the browser and PingOne, for stories of a simulated PingOne.

With a tenant nobody can add it: hosted mode keeps it from the application, and that is its point.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from .model import Exchange, Headers
from .note import FORM, Note, note_call
from .redact import Redactor

_CHALLENGE = re.compile(r"code_challenge[^\w-]{1,8}([\w-]{43})", re.ASCII)


class Seen(Protocol):
    """A request of the browser and its answer, as the simulator noticed it."""

    @property
    def at(self) -> float: ...
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def cookie(self) -> str: ...
    @property
    def form(self) -> Sequence[tuple[str, str]]: ...
    @property
    def status(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def headers(self) -> Headers: ...


def challenge_of(record: Mapping[str, Any]) -> str:
    """Return the PKCE challenge of a hosted sign-on, by which the simulator knows it; empty where nothing is hidden.

    It is in the story: who may read that may know what it leads to.
    """
    if record.get("mode") != "hosted":
        return ""
    found = _CHALLENGE.search(json.dumps(record.get("notes", ())))
    return found[1] if found else ""


def with_hidden_half(record: dict[str, Any], journal: Sequence[Seen]) -> dict[str, Any]:
    """Return the record with the steps of PingOne's page after the one that sent the browser there.

    They are masked as everything else is, so that the tag of `ST` and of the code is the same wherever it travels.
    """
    redactor, notes = Redactor(), list(record.get("notes", ()))
    found = [_note(each, redactor) for each in journal]
    sent = next((at for at, note in enumerate(notes) if _leaves(note)), None)
    if sent is None or not found:
        return record
    if _path(found[0]) == _path(notes[sent]):
        # The request is in the story already: the answer is what was missing.
        answer = found.pop(0)
        notes[sent] = {**answer, **notes[sent], "at": notes[sent]["at"]}
    return {**record, "notes": [*notes[: sent + 1], *found, *notes[sent + 1 :]]}


def _leaves(note: Mapping[str, Any]) -> bool:
    return (note.get("sender"), note.get("receiver")) == ("browser", "pingone")


def _path(note: Mapping[str, Any]) -> str:
    return str(note.get("url", "")).partition("?")[0]


def _note(seen: Seen, redactor: Redactor) -> Note:
    sent = {"Cookie": seen.cookie and f"ST={seen.cookie}", "Content-Type": FORM if seen.form else ""}
    exchange = Exchange(
        started_at=seen.at,
        duration=0.0,
        method=seen.method,
        url=seen.url,
        request_headers=tuple((name, value) for name, value in sent.items() if value),
        request_body=urlencode(seen.form).encode(),
        status=seen.status,
        reason=seen.reason,
        response_headers=tuple(seen.headers),
        response_body=b"",
        failure=None,
        new_connection=False,
    )
    return note_call(exchange, redactor) | {"sender": "browser", "simulated": True}
