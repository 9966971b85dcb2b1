"""One step of a story as it is read: a note, shaped for people, with its name and the checks that belong to it."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict
from urllib.parse import parse_qsl

from .classify import name_of
from .note import LONGEST_TEXT, MOST_FIELDS, Note, cut

Pairs = list[list[str]]
"""Names and values in the order they were sent."""

Body = dict[str, Any]
"""`kind` (empty, form, json, text, left_out), `type` (media type), `size` (bytes); by kind `pairs` or `text`; and
`tokens`: tokens found in the body, opened."""

FETCHED = frozenset({"discovery", "jwks"})
"""Calls that serve another step, whenever the cached document is too old."""

ASIDE = FETCHED | {"revoke"}
"""Calls that no check is about: tokens that were refused are given back before the refusal is written down."""


class KeptCheck(TypedDict):
    """A check as it is shown."""

    name: str
    expected: str
    actual: str
    passed: bool
    source: str


class Step(TypedDict):
    """One step. Every text in it is masked."""

    name: str
    sender: str
    receiver: str
    at: float
    duration: float
    method: str
    url: str
    headers: Pairs
    body: Body
    status: int | None
    reason: str
    answer_headers: Pairs
    answer_body: Body
    failure: str | None
    new_connection: bool
    checks: list[KeptCheck]
    repeats: int
    simulated: bool
    """Seen only because PingOne is simulated."""


def steps_of(notes: Iterable[Note], started_at: float) -> list[Step]:
    """The steps of a story, each check with the step that it is about.

    A note of checks names the step that is meant; without a name, or without such a step, it is the latest one.
    Fetching keys or metadata is not the step that is meant, unless there is no other: both are fetched on behalf of
    the answer that came before.
    """
    steps: list[Step] = []
    for note in notes:
        if "checks" not in note:
            steps.append(step_of(note))
            continue
        named = [step for step in steps if step["name"].partition(":")[0] == note.get("of")]
        meant = named or [step for step in steps if step["name"] not in ASIDE] or steps
        if not meant:
            steps.append(step_of({"sender": "application", "receiver": "application", "at": started_at}))
        (meant or steps)[-1]["checks"] += [_check(each) for each in note["checks"]]
    return steps


def step_of(note: Note) -> Step:
    """One note as a step."""
    step = Step(
        name="",
        sender=str(note.get("sender", "")),
        receiver=str(note.get("receiver", "")),
        at=float(note.get("at", 0.0)),
        duration=float(note.get("duration", 0.0)),
        method=note.get("method", ""),
        url=note.get("url", ""),
        headers=_headers(note.get("headers", "")),
        body=_body(note.get("body", {})),
        status=note.get("status"),
        reason=note.get("reason", ""),
        answer_headers=_headers(note.get("answer_headers", "")),
        answer_body=_body(note.get("answer_body", {})),
        failure=note.get("failure"),
        new_connection=bool(note.get("new_connection")),
        checks=[],
        repeats=int(note.get("repeats", 1)),
        simulated=bool(note.get("simulated")),
    )
    step["name"] = name_of(step)
    return step


def _headers(text: str) -> Pairs:
    lines = re.split(r"\n(?! )", text) if text else []
    return [[name, value] for name, _, value in (line.replace("\n ", "\n").partition(": ") for line in lines)]


def _body(kept: Mapping[str, Any]) -> Body:
    kind, text = kept.get("kind", "empty"), kept.get("text", "")
    body: Body = {"kind": kind, "type": kept.get("type", ""), "size": kept.get("size", 0)}
    if kind == "form":
        # A mask holds none of the characters that mean something in a form.
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        body["pairs"] = [[name, value] for name, value in pairs]
    elif kind in ("json", "text", "jwt"):
        body["kind"] = "text" if kind == "jwt" else kind
        body["text"] = _pretty(text) if kind == "json" else text
    if kept.get("tokens") or kind in ("json", "form", "jwt"):
        body["tokens"] = [_token(*token) for token in kept.get("tokens", [])]
    return body


def _token(name: str, header: str, payload: str, signature: str) -> dict[str, Any]:
    return {"name": name, "header": _loaded(header), "payload": _loaded(payload), "signature": signature}


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # A mask in the place of a number.


def _pretty(text: str) -> str:
    members = _loaded(text)
    return text if members is text else cut(json.dumps(members, indent=2, ensure_ascii=False), LONGEST_TEXT)


def _check(kept: list[Any]) -> KeptCheck:
    name, expected, actual, passed, source = kept
    return {"name": name, "expected": expected, "actual": actual, "passed": passed, "source": source}
