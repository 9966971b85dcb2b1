"""Cookies as browsers should be given them, and what a sign-on costs the store."""

from urllib.parse import urlsplit

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support.provider import Provider
from tests.support.relying_party import MODES, Browser
from webapp.signon.attempts import new_id
from webapp.store.memory import MemoryStore
from webapp.store.protocol import StoreUnavailable

HTTPS = "https://app.example.com"


def _set_cookies(browser: Browser, path: str) -> list[str]:
    answer = browser.client.get(path, base_url=browser.public_url)
    return answer.headers.getlist("Set-Cookie")


def _attributes(line: str) -> set[str]:
    return {part.strip().partition("=")[0] if "=" in part else part.strip() for part in line.split(";")[1:]}


def test_attempt_cookie_on_https(site: Site, provider: Provider) -> None:
    """`__Host-`, which a neighbouring subdomain cannot set, with everything that this name demands."""
    (line,) = _set_cookies(site.browser(PUBLIC_URL=HTTPS), "/sign-on/hosted")
    assert line.startswith("__Host-so.")
    assert {"Secure", "HttpOnly", "Path", "SameSite", "Max-Age", "Expires"} == _attributes(line)
    assert "Path=/;" in line
    assert line.endswith("SameSite=Lax")


def test_session_cookie_on_https(site: Site, provider: Provider) -> None:
    """The session's cookie ends with the browser; its lifetime is the server's affair."""
    provider.register(redirect_uris=(f"{HTTPS}/callback",))
    browser = site.signed_on(PUBLIC_URL=HTTPS)
    (cookie,) = browser.client._cookies.values()
    assert ("__Host-session", "/", "Lax") == (cookie.key, cookie.path, cookie.same_site)
    assert (True, True, True) == (cookie.secure, cookie.http_only, cookie.origin_only)
    assert (None, None) == (cookie.expires, cookie.max_age)
    assert [] == provider.complaints


@pytest.mark.parametrize("public_url", [HTTPS, "http://localhost:5998"], ids=["https", "http"])
def test_deletion_has_the_attributes_of_the_cookie(site: Site, provider: Provider, public_url: str) -> None:
    """Browsers ignore the deletion of a `__Host-` cookie that is not itself Secure with Path=/."""
    browser = site.browser(PUBLIC_URL=public_url)
    name = "__Host-session" if public_url == HTTPS else "session"
    browser.client.set_cookie(name, "of-a-session-that-is-over", domain=urlsplit(public_url).hostname or "")
    (line,) = _set_cookies(browser, "/")
    assert line.startswith(f"{name}=;")
    assert "Max-Age=0" in line
    assert {"HttpOnly", "Path", "SameSite"} <= _attributes(line)
    assert (public_url == HTTPS) == ("Secure" in _attributes(line))


def test_a_store_that_fails_at_the_last_question_deletes_no_cookie(site: Site) -> None:
    """Whether the session was replaced a moment ago is not known then: the cookie stays, and the page is shown."""

    def fail(call: str) -> None:
        if call == "get replaced":
            raise StoreUnavailable("gone")

    browser = site.browser()
    browser.client.set_cookie("session", "of-a-session-that-is-over", domain="localhost")
    site.store.before = fail
    answer = browser.client.get("/", base_url=browser.public_url)
    assert (200, []) == (answer.status_code, answer.headers.getlist("Set-Cookie"))
    assert "get replaced" in site.store.calls


def test_a_session_number_of_no_length_of_ours_is_not_looked_up(site: Site) -> None:
    """Thirty kilobytes of cookie cost the store nothing."""
    browser = site.browser()
    browser.client.set_cookie("session", "a" * 101, domain="localhost")
    assert (401, []) == (browser.get("/session").status, site.store.calls)


def test_sign_off_deletes_the_session_cookie(site: Site) -> None:
    """The answer to sign-off itself does; what is left is the cookie of the story that the browser may still read."""
    browser = site.signed_on()
    story = browser.session()["trace"]
    browser.post("/sign-off")
    assert [f"so.{story}"] == list(cookie_values(browser))


def test_attempts_are_capped_per_browser(site: Site) -> None:
    """The sixth begun sign-on drops the oldest one's cookie; the latest five can all be finished."""
    browser = site.browser()
    for _ in range(8):
        browser.get("/sign-on/hosted", follow=False)
        site.clock.ahead += 1
    assert 5 == len([name for name in cookie_values(browser) if name.startswith("so.")])


def test_attempts_begun_within_one_second_are_in_order() -> None:
    """Tabs that are restored together begin together: of seven the latest five stay, whatever is random in a name."""
    falling = iter("9876543")
    begun = [new_id(1_800_000_000 + number / 100, lambda n: f"{next(falling)}AAA", True, "AA") for number in range(7)]
    assert sorted(begun) == begun


@pytest.mark.parametrize("said", [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
                                  {"Referer": "https://evil.example/"}], ids=str)  # fmt: skip
def test_another_sites_navigations_push_no_sign_on_out(site: Site, said: dict[str, str]) -> None:
    """They drop each other's attempts: five tabs of ours can all be finished, and two of theirs."""
    browser = site.browser()
    ours = [browser.get("/sign-on/hosted", follow=False).headers["Location"] for _ in range(5)]
    for _ in range(9):
        site.clock.ahead += 1
        assert 303 == browser.get("/sign-on/hosted", follow=False, **said).status
    assert 7 == len([name for name in cookie_values(browser) if name.startswith("so.")])
    answers = [browser._visit(url, ()).headers["Location"].removeprefix(browser.public_url) for url in ours]
    assert 5 * [303] == [browser.get(answer, follow=False).status for answer in answers]


def test_of_many_tabs_the_latest_five_finish(site: Site) -> None:
    """Each by its own answer, in any order."""
    browser = site.browser()
    begun = []
    for _ in range(7):
        begun.append(browser.get("/sign-on/hosted", follow=False).headers["Location"])
        site.clock.ahead += 1
    answers = [browser._visit(url, ()).headers["Location"].removeprefix(browser.public_url) for url in begun]
    assert [400, 400] == [browser.get(answer, follow=False).status for answer in answers[:2]]
    assert 5 * [303] == [browser.get(answer, follow=False).status for answer in reversed(answers[2:])]


@pytest.mark.parametrize("mode", MODES)
def test_cookies_stay_small(site: Site, mode: str) -> None:
    """One session cookie remains after sign-on: at most 512 bytes, however many claims there are."""
    browser = site.signed_on(mode)
    sent = "; ".join(f"{name}={value}" for name, value in cookie_values(browser).items())
    assert ["session"] == list(cookie_values(browser))
    assert len(sent) <= 512


@pytest.mark.parametrize("path", ["/static/site.css", "/healthz"])
def test_no_session_is_opened_where_none_is_needed(site: Site, path: str) -> None:
    """A style sheet or a probe costs the store nothing, also with a session cookie."""
    browser = site.signed_on()
    with browser.client.get(path, base_url=browser.public_url) as answer:
        answer.get_data()
    assert (200, []) == (answer.status_code, site.store.calls)
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_readiness_asks_the_store_once(site: Site) -> None:
    """And opens no session."""
    browser = site.signed_on()
    assert 200 == browser.get("/readyz").status
    assert ["probe"] == site.store.calls


def test_visitors_without_a_cookie_cost_nothing(site: Site) -> None:
    """There is no session before sign-on, so there is none to look for or to fixate."""
    browser = site.browser()
    assert 200 == browser.get("/").status
    assert ([], {}) == (site.store.calls, cookie_values(browser))


FORM = ("get attempt", "spend_and_get attempt", "take attempt")
SESSION = ("change session story -trace +session-of", "touch session")
COST = {
    "hosted": ("put attempt", "take attempt", *SESSION),
    "redirectless": ("put attempt", *FORM, *SESSION),
    "custom": ("put attempt", "get attempt", "get attempt", "replace attempt", "put attempt", *FORM, "take attempt",
               *SESSION),
}  # fmt: skip
"""Store round trips from the first click to the page that shows the session."""


@pytest.mark.parametrize("mode", MODES)
def test_store_round_trips_of_a_sign_on(site: Site, mode: str) -> None:
    """Constant: 4, 6 and 11. Whoever adds one sees it here. A taken slot of the index would cost two more.

    A process reads the mark of its store besides, once.
    """
    app = site.app()
    site.browser(app).sign_on(mode)
    for _ in range(2):
        site.store.store = MemoryStore(site.clock)
        browser = site.browser(app)
        site.store.calls.clear()
        browser.sign_on(mode)
        assert [*COST[mode]] == site.store.calls


@pytest.mark.parametrize("mode", MODES)
def test_store_round_trips_of_a_session(site: Site, mode: str) -> None:
    """A page view is one; a refresh adds its lock, what it reads under it, one write, and its story."""
    browser = site.signed_on(mode)
    looked, told = ["touch session"], ["get story", "replace story"]
    for method, path, expected in (
        ("get", "/session", []),
        ("post", "/session/refresh", ["add lock-refresh", "get story", "get session", "get session", "replace session",
                                      *told, "release lock-refresh", "put shown_once"]),
        ("post", "/sign-off", ["take session", "get session-of", "drop session-of", "get story", *told, *told]),
    ):  # fmt: skip
        site.store.calls.clear()
        getattr(browser, method)(path, follow=False)
        assert [*looked, *expected] == site.store.calls
