"""The console's places have one table: whatever sends a reader to the console uses its names."""

import re
from pathlib import Path

import pytest

from config import Settings
from webapp import console

PROJECT = Path(__file__).parent.parent
PLACES = {name: value for name, value in vars(console).items() if isinstance(value, console.Place)}
TABS = {place.tab for place in PLACES.values()} | {"Attribute Mappings"}
GUIDES = sorted([*PROJECT.glob("templates/**/*.html"), *PROJECT.glob("docs/*.md"), PROJECT / "README.md"])


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_guide_sends_nobody_to_a_tab_that_the_table_does_not_know(guide: Path) -> None:
    """`Applications > the application > Tab` and its arrows, wherever they are written."""
    text = guide.read_text().replace("&gt;", ">")
    tabs = re.findall(r"Applications (?:→|>) (?:the|your) application (?:→|>) (\w+(?: [A-Z]\w+)*)", text)
    assert set() == set(tabs) - TABS


def test_the_walk_through_names_every_field() -> None:
    """What the doctor asks to change can be looked up in the document that begins with an empty tenant."""
    text = (PROJECT / "docs" / "tenant.md").read_text().casefold()
    missing = [place.field for place in PLACES.values() if place.field.partition(":")[0].casefold() not in text]
    assert [] == missing


def test_the_settings_beside_a_field_are_settings() -> None:
    """A renamed variable is noticed here."""
    given = {"SIMULATOR": "on", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}
    known = {row[0] for row in Settings.from_env(given).rows()}
    assert set() == {name for place in PLACES.values() for name in place.settings} - known
