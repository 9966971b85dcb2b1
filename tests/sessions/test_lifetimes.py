"""Both lifetimes of a session, enforced by the server whatever the browser keeps."""

import pytest

from tests.sessions.conftest import Site, cookie_values

MINUTE = 60


def test_it_ends_without_activity(site: Site) -> None:
    """An hour after the last page view nobody is signed in, and the cookie goes."""
    browser = site.signed_on()
    site.clock.ahead = 60 * MINUTE + 1
    page = browser.get("/session")
    assert (401, {}) == (page.status, cookie_values(browser))


def test_activity_prolongs_it(site: Site) -> None:
    """Each page view begins the pause anew, although nothing is written but the record's end."""
    browser = site.signed_on()
    for _ in range(5):
        site.clock.ahead += 59 * MINUTE
        assert browser.signed_in
    assert [] == [call for call in site.store.calls if "put" in call or "replace" in call]


def test_it_ends_in_any_case(site: Site) -> None:
    """Eight hours after sign-on it is over, however active somebody was."""
    browser = site.signed_on()
    for _ in range(9):
        site.clock.ahead += 53 * MINUTE
        assert browser.signed_in
    site.clock.ahead = 480 * MINUTE + 1
    assert not browser.signed_in


def test_a_refresh_does_not_begin_it_anew(site: Site) -> None:
    """New tokens are no new sign-on: the absolute lifetime counts from the person's last proof."""
    browser = site.signed_on(SESSION_MINUTES="30", SESSION_IDLE_MINUTES="30")
    ends = browser.session()["session_expires_at"]
    site.clock.ahead = 20 * MINUTE
    assert 200 == browser.post("/session/refresh").status
    assert abs(ends - browser.session()["session_expires_at"]) <= 1
    site.clock.ahead = 30 * MINUTE + 1
    assert not browser.signed_in


def test_a_new_sign_on_has_a_new_id_and_lifetime(site: Site) -> None:
    """The id before is of no use afterwards: nobody can prepare a session for somebody else."""
    browser = site.signed_on()
    before = cookie_values(browser)["session"]
    site.clock.ahead = 50 * MINUTE
    browser.sign_on("hosted")
    assert before != cookie_values(browser)["session"]
    other = site.browser(browser.client.application)
    other.client.set_cookie("session", before, domain="localhost")
    assert not other.signed_in
    site.clock.ahead = 100 * MINUTE
    assert browser.signed_in


@pytest.mark.parametrize("planted", ["", "x", "A" * 43, "A" * 101, "a\u00e9", "../../etc/passwd", "A" * 4000])
def test_an_id_that_we_did_not_make_is_nobodys(site: Site, planted: str) -> None:
    """It is not adopted: after sign-on the browser holds an id of ours."""
    browser = site.browser()
    browser.client.set_cookie("session", planted, domain="localhost")
    assert not browser.signed_in
    browser.sign_on("hosted")
    assert browser.signed_in
    assert planted != cookie_values(browser)["session"]


def test_a_clock_set_back_makes_nobody_immortal(site: Site) -> None:
    """The store counts its own time; once the clock is right again the session ends when it should."""
    browser = site.signed_on()
    site.clock.ahead = -86_400
    assert browser.session()["session_expires_at"] <= site.clock() + 480 * MINUTE
    site.clock.ahead = 480 * MINUTE + 1
    assert not browser.signed_in


def test_the_session_page_shows_both(site: Site) -> None:
    """As times that a script counts down, and the machine-readable answer has the absolute one."""
    browser = site.signed_on()
    page, now = browser.get("/session").text, site.clock()
    for words in ("Session ends without activity", "Session ends in any case"):
        assert f"<dt>{words}</dt><dd><time datetime=" in page
    assert abs(now + 480 * MINUTE - browser.session()["session_expires_at"]) <= 5
