"""A person sees all their sessions, ends them from any browser, and the other browser is told: over every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support.provider import Provider
from tests.support.relying_party import Browser
from webapp.store.redis_store import RedisStore
from webapp.store.sealed import SealedStore
from webapp.store.sessions_of import SLOTS, SessionsOf
from webapp.store.sqlite import SqliteStore
from webapp.views.browser import browser_in_words

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile/15E148 Safari/604.1"


@pytest.fixture(params=["memory", "sqlite", pytest.param("redis", marks=pytest.mark.redis)])
def anywhere(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[Site]:
    """The installation over each of the stores."""
    if request.param == "redis":
        site.store.store = RedisStore(request.getfixturevalue("redis_url"))
    elif request.param == "sqlite":
        site.store.store = SqliteStore(tmp_path / "state.sqlite", site.clock)
    yield site
    site.store.store.close()


def listed(browser: Browser) -> list[dict[str, object]]:
    """The sessions that a browser is shown."""
    answer = browser.client.get(
        "/session/others", base_url=browser.public_url, headers={"Accept": "application/json"}
    )
    found: list[dict[str, object]] = answer.get_json()["sessions"]
    return found


def test_two_browsers_see_each_other_and_one_ends_the_other(anywhere: Site, provider: Provider) -> None:
    """At once, in another process; its refresh token is given back; its next page says who ended it, once."""
    here, there = anywhere.signed_on(), anywhere.signed_on("redirectless", app=anywhere.app())
    seen = listed(here)
    assert [(True, "hosted"), (False, "redirectless")] == [(each["current"], each["mode"]) for each in seen]
    assert [True, False] == [each["current"] for each in listed(there)]
    ids = set(cookie_values(here).values()) | set(cookie_values(there).values())
    assert not ids & {each["id"] for each in seen}
    page = here.post("/session/others/end", {"id": str(seen[1]["id"])})
    assert (200, True) == (page.status, "1 session was ended." in page.text)
    assert 1 == len(listed(here))
    assert 1 == provider.ledger.count("revoke")
    told = there.get("/")
    assert (401, True) == (told.status, "You ended this session yourself" in told.text)
    assert 200 == there.get("/").status
    assert (True, False) == (here.signed_in, there.signed_in)


def test_all_others_end_together(anywhere: Site) -> None:
    """And this one stays."""
    app = anywhere.app()
    browsers = [anywhere.signed_on(app=app) for _ in range(3)]
    assert 3 == len(listed(browsers[1]))
    browsers[1].post("/session/others/end", {"all": "1"})
    assert [False, True, False] == [each.signed_in for each in browsers]


def test_a_session_that_ended_by_itself_is_not_listed(site: Site) -> None:
    """Signed off, idle for too long, or replaced by a new sign-on of the same browser."""
    app = site.app()
    here, gone = site.signed_on(app=app), site.signed_on(app=app)
    gone.post("/sign-off")
    here.sign_on("redirectless")
    assert 1 == len(listed(here))
    idle = site.signed_on(app=app)
    site.clock.ahead += 3000
    assert 2 == len(listed(here))
    site.clock.ahead += 1000
    assert 1 == len(listed(here))
    assert not idle.signed_in


def test_another_persons_sessions_are_neither_seen_nor_ended(site: Site, provider: Provider) -> None:
    """Whatever id is sent, and `all` means all of one's own."""
    app = site.app()
    somebody = site.signed_on(app=app)
    wanted = str(listed(somebody)[0]["id"])
    provider.tamper("id_token", sub="another-person")
    other = site.signed_on(app=app)
    assert [True] == [each["current"] for each in listed(other)]
    page = other.post("/session/others/end", {"id": wanted})
    assert "It had ended already." in page.text
    other.post("/session/others/end", {"all": "1"})
    assert (True, True) == (somebody.signed_in, other.signed_in)


def test_this_session_is_not_ended_from_its_own_list(site: Site) -> None:
    """That is what signing off is for."""
    browser = site.signed_on()
    browser.post("/session/others/end", {"id": str(listed(browser)[0]["id"])})
    assert browser.signed_in


def test_a_visitor_and_another_site_end_nothing(site: Site) -> None:
    """401, and 403 by the rule for every form."""
    browser = site.signed_on()
    assert 401 == site.browser().post("/session/others/end", {"all": "1"}).status
    answer = browser.client.post(
        "/session/others/end", base_url=browser.public_url, data={"all": "1"}, headers={"Origin": "https://e.example"}
    )
    assert 403 == answer.status_code


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Safari on an iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_where_from_is_said_in_words_of_ours(agent: str, words: str) -> None:
    """Nothing of what a browser says about itself is kept."""
    assert words == browser_in_words(agent)


def test_a_crowded_index_forgets_what_is_over_first(site: Site) -> None:
    """A new session always finds a slot, and the one that is left is its own."""
    store = SealedStore(site.store, "0123456789abcdefghijklmnopqrstuvwxyz")
    index = SessionsOf(store, 600)
    for number in range(4 * SLOTS):
        slot = index.enter("somebody", f"id-{number}", float(number + 1), number * 7)
        assert f"id-{number}" in set(index.ids("somebody"))
    index.leave("somebody", "another", slot)
    assert f"id-{number}" in set(index.ids("somebody"))
    index.leave("somebody", f"id-{number}", slot)
    assert f"id-{number}" not in set(index.ids("somebody"))


def test_sessions_that_draw_the_same_slot_are_both_listed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tabs that finish at the same moment leave two sessions, and either of them lists and ends the other."""
    app = site.app()
    monkeypatch.setattr("webapp.store.sessions_of.secrets.randbelow", lambda most: 5)
    browsers = [site.signed_on(app=app) for _ in range(3)]
    sessions = app.extensions["services"].session_use.sessions
    held = {cookie_values(browser)["session"] for browser in browsers}
    subject = browsers[0].session()["subject"]
    assert held == {id for id, _ in sessions.all_of(subject)}
    browsers[0].post("/sign-off")
    assert held - {id for id, _ in sessions.all_of(subject)}
    assert 2 == len([*sessions.all_of(subject)])
