"""A story for people: one card per step, in order, and what stands on top of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from .cards import Card, cards_of, milliseconds
from .steps import KeptCheck
from .story import Story


@dataclass(frozen=True)
class Presented:
    """The whole story. `outcome` is empty while the sign-on is going on."""

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


def present(record: Mapping[str, object], code_base: str = "") -> Presented:
    """The record of a story as cards. `code_base` is the URL under which the project's files can be read, if any."""
    story = Story.from_record(record)
    cards = cards_of(story, code_base)
    calls = [step for step in story.steps if (step["sender"], step["receiver"]) == ("application", "pingone")]
    ends = [step["at"] + step["duration"] for step in story.steps] + [story.ended_at or story.started_at]
    # The last one: a story may go on after a refused password, and the refusal that ended it comes last.
    at_fault = next((card for card in reversed(cards) if _unpassed(card)), None)
    if at_fault is None and story.outcome == "refused" and cards:
        at_fault = cards[-1]
    return Presented(
        id=story.id,
        mode=story.mode,
        outcome=story.outcome,
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
