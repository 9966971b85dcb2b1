"""One step of a story: its shape, how a hop of the browser or a call of ours becomes one, and what fits."""

import json
from collections.abc import Iterable
from typing import Protocol, TypedDict

from .body import Body, cut, keep_body
from .model import Exchange
from .redact import Pairs, Redactor

MOST_HEADERS = 60
LONGEST_LINE = 2_048
"""Characters kept of a URL, a header or one side of a check."""


class CheckLike(Protocol):
    """A comparison that was made; `expected` and `actual` are texts for people or a yes or no."""

    @property
    def name(self) -> str: ...
    @property
    def expected(self) -> str | bool: ...
    @property
    def actual(self) -> str | bool: ...
    @property
    def passed(self) -> bool: ...
    @property
    def source(self) -> str: ...


class KeptCheck(TypedDict):
    """A check as it is kept."""

    name: str
    expected: str
    actual: str
    passed: bool
    source: str


class Step(TypedDict):
    """One step as it is kept: JSON-able, and every text in it is masked already."""

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


def empty_step(sender: str, receiver: str, at: float) -> Step:
    """A step in which nothing was sent yet."""
    return {
        "name": "",
        "sender": sender,
        "receiver": receiver,
        "at": at,
        "duration": 0.0,
        "method": "",
        "url": "",
        "headers": [],
        "body": {"kind": "empty", "type": "", "size": 0},
        "status": None,
        "reason": "",
        "answer_headers": [],
        "answer_body": {"kind": "empty", "type": "", "size": 0},
        "failure": None,
        "new_connection": False,
        "checks": [],
        "repeats": 1,
    }


def call_step(exchange: Exchange, redactor: Redactor) -> Step:
    """A call of this application to PingOne."""
    headers, answer_headers = exchange.request_headers[:MOST_HEADERS], exchange.response_headers[:MOST_HEADERS]
    step = empty_step("application", "pingone", exchange.started_at)
    step["duration"], step["new_connection"] = exchange.duration, exchange.new_connection
    step["method"], step["url"] = redactor.text(exchange.method), cut(redactor.url(exchange.url), LONGEST_LINE)
    step["headers"] = _lines(headers, redactor)
    step["body"] = keep_body(exchange.request_body, _content_type(headers), redactor)
    step["status"], step["reason"] = exchange.status, redactor.text(exchange.reason or "")
    step["answer_headers"] = _lines(answer_headers, redactor)
    step["answer_body"] = keep_body(exchange.response_body, _content_type(answer_headers), redactor)
    step["failure"] = cut(redactor.text(exchange.failure), LONGEST_LINE) if exchange.failure else None
    return step


def keep_check(check: CheckLike, redactor: Redactor) -> KeptCheck:
    """A check whose texts are masked; yes and no are written as words."""
    expected, actual = (_words(value, redactor) for value in (check.expected, check.actual))
    return {
        "name": redactor.text(check.name),
        "expected": expected,
        "actual": actual,
        "passed": bool(check.passed),
        "source": str(check.source),
    }


def same(one: Step, other: Step) -> bool:
    """True when a step repeats another one: the same call with the same answer, nothing checked in between."""
    parts = ("name", "method", "url", "status", "failure", "answer_body")
    return all(one.get(part) == other.get(part) for part in parts) and not one["checks"]


def fit(steps: list[Step], most_bytes: int) -> tuple[list[Step], int]:
    """The steps that fit into `most_bytes` of JSON, and how many had to go.

    The largest step loses its bodies first, then its headers, then its place.
    """
    kept, dropped = list(steps), 0
    sizes = [len(json.dumps(step)) for step in kept]
    while kept and sum(sizes) > most_bytes:
        largest = sizes.index(max(sizes))
        lighter = _lighter(kept[largest])
        if lighter is None:
            del kept[largest], sizes[largest]
            dropped += 1
        else:
            kept[largest], sizes[largest] = lighter, len(json.dumps(lighter))
    return kept, dropped


def _lighter(step: Step) -> Step | None:
    body, answer = _emptied(step["body"]), _emptied(step["answer_body"])
    if (body, answer) != (step["body"], step["answer_body"]):
        return {**step, "body": body, "answer_body": answer}
    if step["headers"] or step["answer_headers"]:
        return {**step, "headers": [], "answer_headers": []}
    return None


def _emptied(body: Body) -> Body:
    if body.get("kind") in {"empty", "left_out"}:
        return body
    return {"kind": "left_out", "type": body.get("type", ""), "size": body.get("size", 0)}


def _lines(headers: Iterable[tuple[str, str]], redactor: Redactor) -> Pairs:
    return [[cut(name, LONGEST_LINE), cut(value, LONGEST_LINE)] for name, value in redactor.headers(headers)]


def _content_type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _words(value: str | bool, redactor: Redactor) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return cut(redactor.text(str(value)), LONGEST_LINE)
