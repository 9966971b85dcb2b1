"""A story for people: what is on top of the page, and one card per step, in order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from .curl import curl_of
from .explain import explain, label_of
from .messages import OpenedToken, answer_text, opened_tokens, request_text
from .steps import KeptCheck, Step
from .story import Story

TRANSACTION = "X-Ping-External-Transaction-ID"
_UUID = r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
_DESCRIBED = re.compile(rf"\(Correlation ID: {_UUID}\)")
SIGN_OFFS = frozenset({"sign_off", "signoff", "signed_off", "sign_off_by_pingone"})
"""Steps after which a session that came of a sign-on is over."""
_MEMBER = re.compile(rf'"id": ?"{_UUID}"')


@dataclass(frozen=True)
class Card:
    """One step, ready to be shown. Every text is masked already and is not HTML: the template escapes it."""

    index: int
    anchor: str
    name: str
    sender: str
    receiver: str
    title: str
    label: str
    """The title in a few words."""
    what: str
    why: str
    source: str
    source_title: str
    method: str
    url: str
    request: str
    response: str
    tokens: tuple[OpenedToken, ...]
    """Header and payload of the tokens in request and response."""
    status: int | None
    failure: str | None
    failed: bool
    """A check failed, no answer came, or the answer was an error."""
    checks: tuple[KeptCheck, ...]
    """The failing ones first."""
    curl: str
    started: float
    """Seconds since the epoch, UTC."""
    duration_ms: float | None
    """None for the browser's own requests, whose time we cannot see."""
    new_connection: bool
    repeats: int
    simulated: bool
    """Seen only because PingOne is simulated: the whole step, or the answer to it."""
    transaction: str
    """Our id of the request, as it was sent to PingOne; '' for a request that carries none."""
    reference: str
    """PingOne's id of its refusal; '' for an answer that names none."""


def cards_of(story: Story) -> tuple[Card, ...]:
    """One card per step."""
    return tuple(_card(index, step) for index, step in enumerate(story.steps, start=1))


def _card(index: int, step: Step) -> Card:
    explanation = explain(step["name"])
    times = f" ({step['repeats']} times)" if step["repeats"] > 1 else ""
    checks = tuple(sorted(step["checks"], key=lambda check: check["passed"]))
    refused = step["status"] is not None and step["status"] >= 400
    return Card(
        index=index,
        anchor=f"step-{index}",
        name=step["name"],
        sender=step["sender"],
        receiver=step["receiver"],
        title=explanation.title + times,
        label=label_of(step["name"], step["url"]) + times,
        what=explanation.what,
        why=explanation.why,
        source=explanation.document[1],
        source_title=explanation.document[0],
        method=step["method"],
        url=step["url"],
        request=request_text(step),
        response=answer_text(step),
        tokens=opened_tokens(step),
        status=step["status"],
        failure=step["failure"],
        failed=refused or bool(step["failure"]) or not all(check["passed"] for check in checks),
        checks=checks,
        curl=curl_of(step),
        started=step["at"],
        duration_ms=milliseconds(step["duration"]) if step["sender"] == "application" else None,
        new_connection=step["new_connection"],
        repeats=step["repeats"],
        simulated=step["simulated"],
        transaction=_transaction(step) if refused else "",
        reference=_reference(step) if refused or step["name"] == "callback" else "",
    )


def _transaction(step: Step) -> str:
    return next((value for name, value in step["headers"] if name == TRANSACTION), "")


def _reference(step: Step) -> str:
    """PingOne ends OAuth errors with its id, the callback's among them, and calls it `id` in other errors."""
    body = step["answer_body"].get("text", "")
    found = _DESCRIBED.search(body) or _DESCRIBED.search(unquote_plus(step["url"]))
    found = found or (_MEMBER.search(body) if step["receiver"] == "pingone" else None)
    return found[1] if found else ""


def milliseconds(seconds: float) -> float:
    """Whole milliseconds from ten on, one digit after the point below."""
    milliseconds = max(seconds, 0.0) * 1000
    return round(milliseconds, 1) if milliseconds < 10 else round(milliseconds)


@dataclass(frozen=True)
class Presented:
    """The whole story. `outcome` is empty while the sign-on is going on, and `signed_off` when its session ended."""

    id: str
    mode: str
    outcome: str
    code: str
    started_at: float
    duration_ms: float
    """Spent waiting for PingOne, all calls together."""
    elapsed_ms: float
    """From the beginning to the last step, the time that people took to type included."""
    calls: int
    """Calls of this application to PingOne."""
    left_out: int
    """Steps that were dropped because the story grew too long."""
    failing: KeptCheck | None
    failing_anchor: str
    """The card on which the sign-on was refused, empty when it was not."""
    cards: tuple[Card, ...]


def present(record: Mapping[str, object]) -> Presented:
    """The record of a story as cards."""
    story = Story.from_record(record)
    cards = cards_of(story)
    calls = [step for step in story.steps if (step["sender"], step["receiver"]) == ("application", "pingone")]
    ends = [step["at"] + step["duration"] for step in story.steps] + [story.ended_at or story.started_at]
    # The last one: a story may go on after a refused password, and the refusal that ended it comes last.
    at_fault = next((card for card in reversed(cards) if _unpassed(card)), None)
    if at_fault is None and story.outcome == "refused" and cards:
        at_fault = cards[-1]
    over = story.outcome == "signed_on" and any(card.name in SIGN_OFFS for card in cards)
    return Presented(
        id=story.id,
        mode=story.mode,
        outcome="signed_off" if over else story.outcome,
        code=story.code,
        started_at=story.started_at,
        duration_ms=milliseconds(sum(step["duration"] for step in calls)),
        elapsed_ms=milliseconds(max(ends) - story.started_at),
        calls=sum(step["repeats"] for step in calls),
        left_out=story.left_out,
        failing=_unpassed(at_fault) if at_fault else None,
        failing_anchor=at_fault.anchor if at_fault else "",
        cards=cards,
    )


def _unpassed(card: Card) -> KeptCheck | None:
    return next((check for check in card.checks if not check["passed"]), None)
