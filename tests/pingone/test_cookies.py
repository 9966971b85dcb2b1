"""PingOne's cookies: kept for the attempt, returned to PingOne, dropped when PingOne says so."""

import pytest

from webapp.pingone.cookies import header, received

EXPIRES = "Expires=Wed, 21 Oct 2026 07:28:00 GMT"


def answer(*lines):
    return tuple(("Set-Cookie", line) for line in lines)


def test_cookies_are_collected_and_sent_back():
    """Each Set-Cookie counts, also with a comma in Expires; the header joins them as a browser would."""
    held = received({}, answer(f"ST=abc; Path=/env; {EXPIRES}; Secure; HttpOnly", "ST-NO-SS=def; Path=/env"))
    assert {"ST": "abc", "ST-NO-SS": "def"} == held
    assert {"Cookie": "ST=abc; ST-NO-SS=def"} == header(held)
    assert {} == header({})


def test_only_set_cookie_is_read():
    """A cookie that came in another header is none, whatever the case of the name."""
    pairs = [("Cookie", "ST=x"), ("X-Set-Cookie", "ST=y"), ("set-cookie", "a=1"), ("Set-Cookie", "b=2")]
    assert {"a": "1", "b": "2"} == received({}, pairs)


def test_a_new_value_replaces_the_old_one_and_the_old_record_is_not_changed():
    """What is held is replaced, not appended; the argument stays as it was."""
    before = {"ST": "old", "other": "x"}
    assert {"ST": "new", "other": "x"} == received(before, answer("ST=new"))
    assert "old" == before["ST"]


@pytest.mark.parametrize(
    "line",
    ["ST=; Path=/", "ST=x; Max-Age=0", "ST=x; Max-Age=-5", "ST=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
)
def test_a_deleted_cookie_is_gone(line):
    """Sign-off and expiry remove it, in each of the ways in which servers say so."""
    assert {} == received({"ST": "abc"}, answer(line))


@pytest.mark.parametrize("line", ["=x", "a b=x", "é=x", "ST=a\tb", "ST=a b", "ST=é", "ST=" + "x" * 5000, "noequals"])
def test_what_is_no_cookie_is_ignored(line):
    """A name or value that could break the header, or is oversized, is not kept."""
    assert {} == received({}, answer(line))


def test_the_number_of_cookies_is_bounded():
    """A flood of cookies does not grow the attempt."""
    assert 20 == len(received({}, answer(*[f"c{number}=x" for number in range(50)])))
