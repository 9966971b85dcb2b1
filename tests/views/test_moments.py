"""Seconds since 1970, told as times beside every check that compares them."""

import re

import pytest

from tests.support.overheard import Reader

MOMENT = re.compile(r">[^<]*\b1\d{9} \(20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\)")


@pytest.mark.parametrize("page", ["/checks", "/session", "story"])
def test_a_moment_in_a_check_is_told_as_a_time(reader: Reader, page: str) -> None:
    """Nobody reads ten digits: wherever a check of `exp` or `iat` is shown, the time stands beside the number."""
    reader.sign_on("hosted")
    assert MOMENT.search(reader.get(f"/traces/{reader.trace}" if page == "story" else page).text)
