"""Sign-off: here first and in any case, then at PingOne, and nothing brings the session back."""

import re
import threading
import time
from urllib.parse import urlsplit

import pytest

from tests.sessions.conftest import PUBLIC_URL, Site, cookie_values
from tests.support import provider_faults, provider_wire
from tests.support.provider import DELETE, Provider
from tests.support.relying_party import MODES
from webapp.oidc.relying_party import GOODBYE
from webapp.oidc.sign_off import LONGEST_URL
from webapp.store.protocol import StoreUnavailable


def _long_claims(provider: Provider) -> None:
    provider.tamper("id_token", groups=[f"planted-group-{number:04}" for number in range(400)])


@pytest.mark.parametrize("mode", MODES)
def test_the_record_is_gone_before_pingone_hears_of_it(site: Site, provider: Provider, mode: str) -> None:
    """Whoever looks from PingOne's side during sign-off finds no session here any more."""
    browser = site.signed_on(mode)
    gone: list[bool] = []
    for endpoint in ("revoke", "signoff"):
        provider.before[endpoint] = lambda: gone.append("take session" in site.store.calls)
    browser.post("/sign-off")
    assert [True, True] == gone
    assert not browser.signed_in


@pytest.mark.parametrize("mode", MODES)
def test_the_refresh_token_is_given_back(site: Site, provider: Provider, mode: str) -> None:
    """It is revoked as what it is; PingOne honours that for tokens of custom resources."""
    browser = site.signed_on(mode)
    held = set(provider._answers.refresh_tokens)
    browser.post("/sign-off")
    sent = provider.ledger.of("revoke")[0].params
    assert (held, "refresh_token") == ({sent["token"]}, sent["token_type_hint"])
    assert [] == provider.complaints


@pytest.mark.parametrize("mode", ["hosted", "custom"])
def test_pingone_hanging_costs_no_more_than_the_budget(site: Site, provider: Provider, mode: str) -> None:
    """Each of the calls is given up after `GOODBYE` seconds, and the person is signed off."""
    browser = site.signed_on(mode)
    provider.faults["revoke"] = provider_wire.late(30)
    provider.faults["signoff"] = provider_wire.late(30)
    before = time.monotonic()
    page = browser.post("/sign-off", follow=False)
    took = time.monotonic() - before
    calls = 1 if mode == "hosted" else 2
    assert (303, False) == (page.status, browser.signed_in)
    # Half a second a call for a busy computer; without the budget it would be 5 seconds each.
    assert took < calls * (GOODBYE + 0.5)


def test_the_back_button_shows_nothing(site: Site) -> None:
    """Pages of a session are kept by no cache, and are not there when they are asked for again."""
    browser = site.signed_on()
    assert "no-store" in browser.get("/session").headers["Cache-Control"]
    farewell = browser.post("/sign-off", follow=False)
    assert '"cache"' == farewell.headers["Clear-Site-Data"]
    for page in (browser.get("/session"), browser.get("/session/tokens")):
        assert 401 == page.status
        assert "alice" not in page.text


@pytest.mark.parametrize("path", ["/session", "/session/tokens"])
def test_a_copied_cookie_shows_nothing_after_sign_off(site: Site, path: str) -> None:
    """Sign-off ends the session at the server: a cookie that was copied before opens nothing and is removed."""
    browser = site.signed_on()
    copied = cookie_values(browser)["session"]
    browser.post("/sign-off")
    thief = site.browser(browser.client.application)
    thief.client.set_cookie("session", copied, domain="localhost")
    page = thief.get(path)
    assert 401 == page.status
    assert {} == cookie_values(thief)


def test_a_slow_request_does_not_bring_the_session_back(site: Site, provider: Provider) -> None:
    """A request that began before the sign-off and ends after it writes nothing."""
    browser = site.signed_on()
    copied = cookie_values(browser)["session"]
    slow = site.browser(browser.client.application)
    slow.client.set_cookie("session", copied, domain="localhost")
    arrived, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        arrived.set()
        go_on.wait(10)

    provider.before["userinfo"] = wait
    thread = threading.Thread(target=slow.post, args=("/session/userinfo",))
    thread.start()
    assert arrived.wait(10)
    browser.post("/sign-off")
    go_on.set()
    thread.join()
    assert not slow.signed_in
    writes = ("put session", "replace session", "change session")
    assert [] == [call for call in site.store.calls if call.startswith(writes)]


def test_sign_off_takes_what_a_refresh_has_renewed_since(site: Site, provider: Provider) -> None:
    """A refresh ends between the moment at which sign-off saw the session and that at which it removes it.

    The refresh token that is given back is the new one: the one that sign-off saw first is spent.
    """
    browser = site.signed_on()
    other = site.browser(browser.client.application)
    other.client.set_cookie("session", cookie_values(browser)["session"], domain="localhost")

    def refresh(call: str) -> None:
        if call == "take session":
            site.store.before = lambda call: None
            assert 303 == other.post("/session/refresh", follow=False).status

    site.store.before = refresh
    browser.post("/sign-off")
    (newest,) = provider._answers.refresh_tokens
    assert [newest] == [call.params["token"] for call in provider.ledger.of("revoke")]
    assert not other.signed_in


def test_sign_off_in_the_last_moment_of_a_refresh(site: Site, provider: Provider) -> None:
    """Between the last look at the record and the writing of the new tokens: they are not written, but given back."""
    browser = site.signed_on()
    other = site.browser(browser.client.application)
    other.client.set_cookie("session", cookie_values(browser)["session"], domain="localhost")

    def sign_off(call: str) -> None:
        if call == "replace session":
            site.store.before = lambda call: None
            assert 303 == other.post("/sign-off", follow=False).status

    site.store.before = sign_off
    page = browser.post("/session/refresh")
    (newest,) = provider._answers.refresh_tokens
    assert (401, "session_ended") == (page.status, page.error_code)
    assert newest in [call.params["token"] for call in provider.ledger.of("revoke")]
    assert not browser.signed_in


def test_pressed_twice(site: Site) -> None:
    """The second press finds nobody, and leads to the same page."""
    browser = site.signed_on()
    for _ in range(2):
        page = browser.post("/sign-off")
        assert (200, "/signed-off") == (page.status, urlsplit(page.trail[-1]).path)


def test_store_lost_after_the_session_was_removed(site: Site, provider: Provider) -> None:
    """Everything behind the removal may fail: the person is signed off here and sent to PingOne."""
    browser = site.signed_on()

    def fail(call: str) -> None:
        if "trace" in call:
            raise StoreUnavailable("lost")

    site.store.before = fail
    page = browser.post("/sign-off")
    assert (200, 1) == (page.status, provider.ledger.count("signoff"))
    assert not browser.signed_in


def test_a_hint_too_long_for_an_address_travels_in_a_form(site: Site, provider: Provider) -> None:
    """The page sends itself with script and has a button without; PingOne gets the same three fields."""
    _long_claims(provider)
    browser = site.signed_on()
    page = browser.post("/sign-off")
    form = re.search(r'<form [^>]*action="([^"]+)" data-submit>(.*?)</form>', page.text, re.DOTALL)
    assert form, page.text[:2000]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2]))
    assert provider.url("signoff") == form[1]
    assert {"id_token_hint", "post_logout_redirect_uri", "state"} == set(fields)
    assert f"{PUBLIC_URL}/signed-off" == fields["post_logout_redirect_uri"]
    assert fields["id_token_hint"] in provider.planted
    assert "Continue</button>" in form[2]
    assert f"form-action 'self' {provider.server.origin};" in page.headers["Content-Security-Policy"]
    back = browser.get(f"/signed-off?state={fields['state']}")
    assert "this is the answer to your own sign-off" in back.text
    assert not browser.signed_in


@pytest.mark.parametrize("mode", ["redirectless", "custom"])
def test_a_long_hint_of_a_session_that_our_server_holds(site: Site, provider: Provider, mode: str) -> None:
    """Our server posts the form itself, with PingOne's cookie."""
    _long_claims(provider)
    browser = site.signed_on(mode)
    page = browser.post("/sign-off")
    (call,) = provider.ledger.of("signoff")
    assert ("POST", 200) == (call.request.method, page.status)
    assert call.request.cookies["ST"] in provider.planted
    assert len(dict(call.request.form)["id_token_hint"]) > LONGEST_URL


def test_a_short_hint_travels_in_the_address(site: Site, provider: Provider) -> None:
    """The positive control: without many claims it is a redirect."""
    page = site.signed_on().post("/sign-off", follow=False)
    assert 303 == page.status
    assert len(page.headers["Location"]) <= LONGEST_URL


def _down(provider: Provider, *endpoints: str) -> None:
    for endpoint in endpoints:
        provider.faults[endpoint] = provider_faults.status(500)


@pytest.mark.parametrize(
    ("mode", "down", "told", "untold"),
    [
        ("hosted", (), ["PingOne has ended its own"], ["could not be", "nothing to end"]),
        ("redirectless", (), ["our server has ended PingOne’s"], ["could not be", "nothing to end"]),
        ("hosted", ("revoke",), ["could not be revoked"], ["session could not be ended", "was given back"]),
        ("redirectless", ("signoff",), ["session could not be ended"], ["could not be revoked", "server has ended"]),
        ("custom", ("revoke", "signoff"), ["could not be revoked", "session could not be ended"], ["has ended"]),
    ],
)
def test_the_page_says_what_was_done_and_what_was_not(
    site: Site, provider: Provider, mode: str, down: tuple[str, ...], told: list[str], untold: list[str]
) -> None:
    """Of the tokens and of PingOne's session, each by itself, and nothing that is not so."""
    browser = site.signed_on(mode)
    _down(provider, *down)
    page = browser.post("/sign-off")
    assert 200 == page.status
    assert [] == [words for words in told if words not in page.text]
    assert [] == [words for words in untold if words in page.text]


def test_without_a_session_there_was_nothing_to_end(site: Site) -> None:
    """Which is another thing than a session that could not be read."""
    browser = site.browser()
    page = browser.post("/sign-off")
    assert (200, True) == (page.status, "nothing to end here" in page.text)
    assert "could not be" not in page.text


def test_a_session_that_could_be_read_and_not_removed_is_given_back_all_the_same(
    site: Site, provider: Provider
) -> None:
    """The store answers the first question and no other: PingOne is told, and the page says what is left."""
    browser = site.signed_on()

    def fail(call: str) -> None:
        if call == "take session":
            raise StoreUnavailable("away")

    site.store.before = fail
    page = browser.post("/sign-off")
    assert (200, 1) == (page.status, provider.ledger.count("signoff"))
    assert "session" not in cookie_values(browser)
    assert [*provider._answers.refresh_tokens] == [call.params["token"] for call in provider.ledger.of("revoke")]
    assert "could not be removed" in page.text
    assert "not given back" not in page.text


def test_a_store_that_answers_the_second_time_gives_all_back(site: Site, provider: Provider) -> None:
    """The request found no session, as the store was away; a moment later it is there, and ends with what it held."""
    browser = site.signed_on()
    failed: list[str] = []

    def fail_first(call: str) -> None:
        if call in ("touch session", "take session") and call not in failed:
            failed.append(call)
            raise StoreUnavailable("a moment")

    site.store.before = fail_first
    page = browser.post("/sign-off")
    assert ["touch session", "take session"] == failed
    assert (200, 1) == (page.status, provider.ledger.count("signoff"))
    assert [*provider._answers.refresh_tokens] == [call.params["token"] for call in provider.ledger.of("revoke")]
    assert "could not be" not in page.text


def test_a_second_try_gives_back_what_a_refresh_has_brought_since(site: Site, provider: Provider) -> None:
    """The first try failed after the request had read the session, and a refresh has renewed it in between."""
    browser = site.signed_on()
    other = site.browser(browser.client.application)
    other.client.set_cookie("session", cookie_values(browser)["session"], domain="localhost")
    tries: list[str] = []

    def fail_first(call: str) -> None:
        if call == "take session":
            tries.append(call)
            if len(tries) == 1:
                assert 303 == other.post("/session/refresh", follow=False).status
                raise StoreUnavailable("a moment")

    site.store.before = fail_first
    browser.post("/sign-off")
    (newest,) = provider._answers.refresh_tokens
    assert 2 == len(tries)
    assert newest in [call.params["token"] for call in provider.ledger.of("revoke")]


def test_a_provider_without_an_end_of_sessions_is_said_so(site: Site, provider: Provider) -> None:
    """Its session goes on, and the page must not say that it ended."""
    provider.tamper("discovery", end_session_endpoint=DELETE)
    page = site.signed_on().post("/sign-off")
    assert "session could not be ended" in page.text
    assert "has ended" not in page.text
