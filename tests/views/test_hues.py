"""Which colour a masked value has: as many as there are before two look alike, and never one for what must differ."""

from types import SimpleNamespace
from typing import Any

import pytest

from webapp.views.hues import BACKGROUNDS, hue, spread, start


@pytest.fixture(autouse=True)
def page() -> None:
    """A page of its own for each test."""
    start()


def card(text: str, *checks: dict[str, Any]) -> Any:
    """As much of a card as has values in it."""
    return SimpleNamespace(request=text, response="", tokens=(), checks=checks)


def background(mark: str) -> int:
    """Which of the colours, whether underlined or not."""
    return int(hue(mark), 16) % BACKGROUNDS


def test_the_first_eight_values_of_a_story_look_different() -> None:
    """In the order in which they appear, however their tags begin; in a second story they look the same."""
    marks = [f"77d0{number:02x}" for number in range(BACKGROUNDS)]
    spread([card(" ".join(f"‹code · 36 chars · #{mark}›" for mark in marks)), card(f"#{marks[3]} #ffffff")])
    assert list(range(BACKGROUNDS)) == [background(mark) for mark in marks]
    assert "8" == hue("ffffff")


@pytest.mark.parametrize("between", range(2 * BACKGROUNDS))
def test_what_was_expected_never_looks_like_what_came(between: int) -> None:
    """However many values are between the two."""
    check = {"passed": False, "expected": "#aaaaaa", "actual": "#bbbbbb"}
    others = " ".join(f"#0000{number:02x}" for number in range(between))
    spread([card("#aaaaaa"), card(others, check)])
    assert background("aaaaaa") != background("bbbbbb")
