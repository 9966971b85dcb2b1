"""Both lifetimes of a session, enforced by the server whatever the browser keeps."""

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support.provider import Provider
from tests.support.relying_party import MODES
from webapp.store.sessions import SLACK

MINUTE = 60


def test_it_ends_without_activity(site: Site) -> None:
    """An hour after the last page view nobody is signed in, and the cookie goes."""
    browser = site.signed_on()
    site.clock.ahead = 60 * MINUTE + 1
    page = browser.get("/session")
    assert (401, {}) == (page.status, cookie_values(browser))


def test_tokens_of_a_session_that_nobody_uses_are_forgotten(site: Site, provider: Provider) -> None:
    """The store removes the record by itself: nothing is left here that could give them back, or be stolen."""
    browser = site.signed_on()
    site.clock.ahead = 60 * MINUTE + 1
    assert 401 == browser.get("/session").status
    assert 0 == provider.ledger.count("revoke")
    site.signed_on()  # A write sweeps.
    held = [name for name in site.store.store._records if name.startswith("session:")]
    assert 1 == len([name for name in held if site.store.store.get(name)])


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
    assert ends == browser.session()["session_expires_at"]
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


@pytest.mark.parametrize(("back", "lives"), [(SLACK - 5, True), (SLACK + 5, False), (86_400, False)])
def test_a_session_from_the_future_is_refused(site: Site, provider: Provider, back: float, lives: bool) -> None:
    """A clock set back makes nobody immortal. What the clocks of two machines may differ by is forgiven."""
    browser = site.signed_on()
    site.clock.ahead = -back
    assert lives == browser.signed_in
    assert (0 if lives else 1) == provider.ledger.count("revoke")
    site.clock.ahead = 0
    assert lives == browser.signed_in


def test_tokens_of_a_session_that_reaches_its_end_are_given_back(site: Site, provider: Provider) -> None:
    """The first request after the absolute end finds the record once more; the second finds nothing."""
    browser = site.signed_on(SESSION_MINUTES="30")
    site.clock.ahead = 30 * MINUTE + 1
    assert [401, 401] == [browser.get("/session").status for _ in range(2)]
    assert list(provider._answers.refresh_tokens) == [call.params["token"] for call in provider.ledger.of("revoke")]


@pytest.mark.parametrize("mode", MODES)
def test_a_new_sign_on_gives_back_what_the_session_before_held(site: Site, provider: Provider, mode: str) -> None:
    """One browser, one session: the first one is ended, and so is PingOne's where only our server could."""
    browser = site.signed_on(mode)
    (first,) = provider._answers.refresh_tokens
    browser.sign_on(mode)
    assert browser.signed_in
    assert [first] == [call.params["token"] for call in provider.ledger.of("revoke")]
    assert (mode != "hosted") == bool(provider.ledger.count("signoff"))
    assert 1 == len([name for name in site.store.store._records if name.startswith("session:")])


def test_the_session_page_shows_both(site: Site) -> None:
    """As times that a script counts down, and the machine-readable answer has the absolute one."""
    browser = site.signed_on()
    page, now = browser.get("/session").text, site.clock()
    for words in ("Session ends without activity", "Session ends at the latest"):
        assert f"<dt>{words}</dt><dd><time datetime=" in page
    assert abs(now + 480 * MINUTE - browser.session()["session_expires_at"]) <= 5
