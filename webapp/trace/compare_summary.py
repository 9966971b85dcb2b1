"""What two stories differ in, in a few rows: who did what, and how it ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .compare import party, role_of
from .render import Card, Presented

UNSEEN = "not seen in this story"
_ARRIVES = {
    "resume_json": "in a JSON answer to our server",
    "resume_redirect": "in a Location that our server reads",
    "callback": "at our redirect URI, brought by the browser",
}
_ENDED = {"signed_on": "signed on", "refused": "refused", "signed_off": "signed off", "": "under way"}


@dataclass(frozen=True)
class Row:
    """One question, and the answer of each story."""

    question: str
    first: str
    second: str


def summary(first: Presented, second: Presented) -> tuple[Row, ...]:
    """Return the questions to which the two stories give different answers. Sign-off is not one: it comes later."""
    rows = [Row(question, answer(first), answer(second)) for question, answer in _QUESTIONS]
    return tuple(row for row in rows if row.first != row.second)


def _typed(story: Presented) -> str:
    names = {card.name for card in story.cards}
    return "into our form" if "step" in names else "on PingOne’s page" if "pingone_form" in names else UNSEEN


def _holder(story: Presented) -> str:
    return _sender(story.cards, lambda card: "Set-Cookie: ST=‹" in card.response)


def _resumes(story: Presented) -> str:
    return _sender(story.cards, lambda card: role_of(card) == "resume")


def _sender(cards: Sequence[Card], is_it: Callable[[Card], bool]) -> str:
    return next((party(card.sender) for card in cards if is_it(card)), UNSEEN)


def _arrival(story: Presented) -> str:
    arrivals = (card.name for card in story.cards if "‹code " in card.request + card.response)
    return next((_ARRIVES[name] for name in arrivals if name in _ARRIVES), "nowhere")


def _failed(story: Presented) -> str:
    names = dict.fromkeys(check["name"] for card in story.cards for check in card.checks if not check["passed"])
    return ", ".join(names) or "none"


def _ended(story: Presented) -> str:
    came = "signed_on" if story.outcome == "signed_off" else story.outcome
    return _ENDED.get(came, came) + (f" ({story.code})" if story.code else "")


_QUESTIONS: tuple[tuple[str, Callable[[Presented], str]], ...] = (
    ("where the password is typed", _typed),
    ("who holds ST", _holder),
    ("who calls resume", _resumes),
    ("where the code arrives", _arrival),
    ("which checks failed", _failed),
    ("how the sign-on ended", _ended),
)
