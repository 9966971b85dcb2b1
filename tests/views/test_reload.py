"""A reload repeats no POST: what a form found out is shown once, by the GET that its redirect leads to."""

import pytest

from tests.support.overheard import Reader
from webapp.trace.memory import opened
from webapp.views.shown_once import show_at, shown_now

PASSWORD = "not-the-password-of-anybody"


def posts(reader: Reader) -> int:
    """How many POSTs the application has answered for this reader."""
    return sum(answer.request.method == "POST" for _, answer in reader.answers)


def test_a_refused_step_is_shown_by_get_and_not_repeated_by_a_reload(reader: Reader) -> None:
    """What was typed stands in the form once, the password never; a reload shows the plain form."""
    someone = reader.another()
    page = someone.sign_on("redirectless", "sharedTestUser", PASSWORD)
    assert (422, "GET", True) == (page.status_code, page.request.method, "error-summary" in page.text)
    assert 'value="sharedTestUser"' in page.text
    assert PASSWORD not in page.text
    sent = posts(someone)
    again = someone.get(someone.url)
    assert (200, False, sent) == (again.status_code, "error-summary" in again.text, posts(someone))


def test_a_password_that_was_refused_is_known_again_in_the_next_step(reader: Reader) -> None:
    """So that an answer which repeats it is masked; the browser's cookie opens that memory and nothing else does."""
    someone = reader.another()
    someone.sign_on("redirectless", "sharedTestUser", PASSWORD)
    record = someone.story()
    [(name, value)] = [(cookie.key, cookie.value) for cookie in someone.client._cookies.values() if "so." in cookie.key]
    assert record["id"] in name
    assert PASSWORD in opened(str(record["memory"]), value)
    assert PASSWORD not in str(record)


def test_nobody_else_is_shown_what_was_refused(reader: Reader) -> None:
    """The address of the page is no key to it: the cookie of the attempt is."""
    someone = reader.another()
    someone.get("/sign-on/redirectless")
    posted = someone.client.post(
        someone.url,
        base_url=someone.public_url,
        data={"username": "sharedTestUser", "password": PASSWORD},
        headers={"Origin": someone.public_url},
    )
    address = posted.headers["Location"]
    assert (303, True) == (posted.status_code, "shown=once" in address)
    assert "error-summary" not in reader.another().get(address).text
    assert "error-summary" in someone.get(address).text


@pytest.mark.parametrize(
    ("button", "shown"),
    [
        ("reveal", "in full"),
        ("refresh", "The tokens were renewed"),
        ("userinfo", "What userinfo answered"),
        ("introspect", "What introspection answered"),
        ("revoke", "PingOne accepted the request"),
    ],
)
def test_a_button_of_the_session_shows_its_answer_once(reader: Reader, button: str, shown: str) -> None:
    """After a redirect, so that a reload, or a browser that restores its tabs, asks with GET and repeats nothing."""
    someone = reader.another()
    someone.sign_on("hosted")
    page = someone.press(f"/session/{button}", token="id_token")
    assert (200, "GET", True) == (page.status_code, page.request.method, shown in page.text)
    again = someone.get(someone.url)
    assert (200, False) == (again.status_code, shown in again.text)


def test_an_answer_with_half_a_character_is_shown(reader: Reader) -> None:
    """PingOne's JSON may hold what no record can."""
    with reader.client.application.test_request_context("/session?shown=once"):
        show_at("/session", "owner", {"userinfo": {"name": "\ud800", "n": float("inf")}})
        assert {"userinfo": {"name": "\ud800", "n": float("inf")}} == shown_now("owner")
        assert {} == shown_now("owner")
