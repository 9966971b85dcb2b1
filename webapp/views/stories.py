"""Whose story is whose: the browser that began a sign-on owns its story, later the session that came of it does."""

from collections.abc import Sequence
from typing import Any

from ..simulator.endpoints.journal import Seen, journal
from ..trace.hidden import challenge_of, with_hidden_half
from .browser import attempts_of_browser
from .context import services, signed_in


def own_story(id: str) -> dict[str, Any] | None:
    """Return the record of a story if it is this visitor's; None says nothing about other people's."""
    person = signed_in()
    if person is not None and person.trace == id:
        return services().traces.get(id)
    mine = attempts_of_browser()
    if not mine:
        return None
    return _longer(services().sign_on.turns.open_stories(mine).get(id), services().traces.get(id, mine.values()))


def own_stories() -> list[dict[str, Any]]:
    """Return the records of this visitor's stories, the oldest first. Each is read once."""
    person, mine, traces = signed_in(), attempts_of_browser(), services().traces
    found = services().sign_on.turns.open_stories(mine)
    found |= {id: story for id in mine if (story := _longer(found.get(id), traces.get(id, mine.values())))}
    if person is not None and (story := traces.get(person.trace)):
        found[person.trace] = story
    return sorted(found.values(), key=lambda record: float(record.get("started_at", 0)))


def whole(record: dict[str, Any]) -> dict[str, Any]:
    """Return the story with what passed between the browser and PingOne, where PingOne is simulated in this process."""
    return with_hidden_half(record, hidden_half(record, services().simulator))


def hidden_half(record: dict[str, Any], simulator: Any) -> Sequence[Seen]:
    """Return what the simulator noticed of this sign-on; nothing of any other PingOne."""
    challenge = challenge_of(record)
    return journal(simulator, challenge) if challenge else ()


def _longer(open: dict[str, Any] | None, ended: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the one that goes further: a sign-on may go on after a refusal, or leave a half-told copy behind it."""
    told = [story for story in (ended, open) if story is not None]
    return max(told, key=lambda story: len(story.get("notes", ())), default=None)
