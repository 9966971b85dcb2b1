"""What is made of a flow in which somebody who is signed on was asked to approve one thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..oidc.attempt import Attempt, Clock
from ..oidc.relying_party import RelyingParty
from ..oidc.response import Parameters
from ..pingone import approval
from .turns import Turn, trace_of


@dataclass(frozen=True)
class Approved:
    """Somebody who is signed on has said yes. `words`: to what; `subject`: who was asked, and answered."""

    words: str
    subject: str
    trace: str
    story: Mapping[str, Any] = field(repr=False)


def is_approval(attempt: Attempt) -> bool:
    """Whether the attempt asks for an approval, and signs nobody on."""
    return "approves" in attempt.note


def approved(turn: Turn, party: RelyingParty, owner: Attempt, parameters: Parameters, now: Clock) -> Approved:
    """An approval counts when its ID token is as good as one to sign on with, and the same person's.

    Raises `SubjectChanged`, and as `RelyingParty.finish`.
    """
    answer = party.finish(turn.http, owner, parameters, now, turn.story.checked)
    party.give_back(turn.http, answer.tokens, now)  # It was asked for a yes: nobody needs its tokens.
    subject = str(owner.note["subject"])
    turn.story.checked((approval.same_person(answer.subject, subject),), step="token")
    turn.story.end("approved", at=now())
    return Approved(str(owner.note["approves"]), subject, trace_of(owner), turn.story.to_record())
