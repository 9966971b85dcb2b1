"""The help pages tell the causes that really lead there: each is produced, and its page names it before all others."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.support.overheard import Reader
from tests.views.producers import PRODUCERS, Stage
from webapp.views.causes import CAUSES
from webapp.views.words import MOVES, WORDS

KNOWN = {f"{code}/{cause.name}": cause for code, causes in CAUSES.items() for cause in causes}
NO_PAGE_YET = "settings_invalid/settings"
"""It stops the start; `tests/test_cli.py` reads its message."""


@pytest.fixture
def stage(reader: Reader) -> Iterator[Stage]:
    """The application that all share, and the makings of others."""
    made = Stage(reader)
    yield made
    for close in made.close:
        close()


def test_every_cause_is_produced() -> None:
    """A cause that nobody can produce does not lead there; every code has one."""
    assert KNOWN.keys() == PRODUCERS.keys() | {NO_PAGE_YET}
    assert CAUSES.keys() == WORDS.keys()


@pytest.mark.parametrize("name", sorted(PRODUCERS))
def test_a_refusal_names_its_cause(stage: Stage, name: str) -> None:
    """Alone, with whose move it is; the others of its code are folded. Its title is that of the help page."""
    code, _, cause = name.partition("/")
    reader = PRODUCERS[name](stage)
    text = reader.page.text if reader.page else ""
    assert code == reader.error_code, unescape(re.sub("<[^>]+>", " ", text))[:500]
    first, _, folded = text.partition("<details")
    foreseen = [cause] if KNOWN[name].shows else []
    assert foreseen == re.findall(r'data-cause="(\w+)"', first)
    others = [each.name for each in CAUSES[code] if each.name not in foreseen]
    assert others == re.findall(r'data-cause="(\w+)"', folded)
    move = KNOWN[name].move or WORDS[code].move
    assert f"Who can fix it: {MOVES[move][0]}<" in text


@pytest.mark.parametrize("code", sorted(WORDS))
def test_one_title_for_a_code(reader: Reader, code: str) -> None:
    """On the help page and in the index; the refusal is drawn by the same template."""
    page, index = reader.get(f"/help/{code}").text, reader.get("/help").text
    title = WORDS[code].title
    heading, row = re.search("<h1>(.*?)</h1>", page), re.search(rf'href="/help/{code}">(.*?)</a>', index)
    assert heading and row
    assert (title, title) == (unescape(heading[1]), unescape(row[1]))
    assert [each.name for each in CAUSES[code]] == re.findall(r'data-cause="(\w+)"', page)
