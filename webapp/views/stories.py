"""Whose story is whose: the browser that began a sign-on owns its story, later the session that came of it does."""

from typing import Any

from .browser import attempts_of_browser
from .context import services, signed_in


def own_story(id: str) -> dict[str, Any] | None:
    """Return the record of a story if it is this visitor's; None says nothing about other people's."""
    person = signed_in()
    if person is not None and person.trace == id:
        return services().traces.get(id)
    # In custom page mode a sign-on has two cookies, and the story belongs to the one that was used last.
    mine = attempts_of_browser().values()
    return services().traces.get(id, mine) if mine else None


def own_stories() -> list[dict[str, Any]]:
    """Return the records of this visitor's stories, the oldest first. Each is read once."""
    person = signed_in()
    ids = {*attempts_of_browser(), *([person.trace] if person else [])}
    records = [record for id in ids if (record := own_story(id)) is not None]
    return sorted(records, key=lambda record: float(record.get("started_at", 0)))
