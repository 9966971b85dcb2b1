"""Every attack harms its twin and ends here, as `/attacks` and docs/attacks.md tell it."""

from pathlib import Path

import pytest

from tests.attacks.record import DOCUMENT, FILE, SCRIPTS, STORIES, document, row, run, text
from webapp.views.attacks import FIRST, recorded, stopper

STALE = "the records are stale: run python -m tests.attacks.record"


@pytest.mark.filterwarnings("ignore:JWS algorithm")  # The twin uses what its library warns of.
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_twin_is_harmed_and_we_are_not(name: str, tmp_path: Path) -> None:
    """One run against each; what was seen is what the page tells."""
    found = run(name, tmp_path)
    assert (True, False) == (found["twin"]["harmed"], found["here"]["harmed"]), found
    assert recorded()[name] == found, STALE
    assert row(found) in DOCUMENT.read_text(encoding="utf-8").splitlines(), STALE


def test_the_records_are_whole() -> None:
    """At least twenty pairs, each with its story and its script, and both files as the run writes them."""
    assert set(STORIES) == set(SCRIPTS) == set(recorded())
    assert 20 <= len(SCRIPTS)
    records = list(recorded().values())
    assert (text(records), document(records)) == (
        FILE.read_text(encoding="utf-8"), DOCUMENT.read_text(encoding="utf-8"),
    ), STALE  # fmt: skip
    assert set() == set(FIRST) - set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_line_that_stops_it_is_found(name: str) -> None:
    """In the code as it is now: a page must not show a line that has gone."""
    excerpt = stopper(recorded()[name])
    assert excerpt is not None, f"name the line in tests/attacks/stories.toml: {name}"
    assert excerpt.code
    assert excerpt.line
