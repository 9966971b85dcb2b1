"""Seconds since 1970, told as times beside every check that compares them."""

import re

import pytest

from tests.support.overheard import Reader
from tests.views.test_step_up import Visitor, application, visitor
from webapp.views.claims import utc

__all__ = ["application", "visitor"]

MOMENT = re.compile(r">[^<]*\b1\d{9} \(20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\)")


@pytest.mark.parametrize("page", ["/checks", "/session", "story"])
def test_a_moment_in_a_check_is_told_as_a_time(reader: Reader, page: str) -> None:
    """Nobody reads ten digits: wherever a check of `exp` or `iat` is shown, the time stands beside the number."""
    reader.sign_on("hosted")
    assert MOMENT.search(reader.get(f"/traces/{reader.trace}" if page == "story" else page).text)


def test_the_session_says_one_time_of_each_kind(visitor: Visitor) -> None:
    """Silent the second time: its person proved who they are before it began, as `auth_time` says. And the end stays
    where it was, however late it is asked for."""
    visitor.sign_on("hosted")
    visitor.clock.seconds += 90.4
    visitor.sign_on("hosted")
    pages = [visitor.get("/session").text]
    visitor.clock.seconds += 30.7
    pages.append(visitor.get("/session").text)
    stated = utc(visitor.session()["claims"]["auth_time"])
    for page in pages:
        assert [stated] == re.findall(r"<dt>Authenticated at</dt><dd><time[^>]*>([^<]+)<", page)
    ends = [re.findall(r"at the latest</dt><dd><time[^>]*>([^<]+)<", page) for page in pages]
    assert ([1, 1], ends[0]) == ([*map(len, ends)], ends[1])
