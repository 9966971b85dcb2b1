"""Refresh: what is kept, what ends the session, what goes on serving, and that nothing is tried for ever."""

import threading
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.sessions.conftest import Site, cookie_values, moved
from tests.support import provider_faults, provider_wire
from tests.support.provider import DELETE, Provider, plus_one
from tests.support.provider_keys import key
from tests.support.relying_party import MODES, Browser
from webapp.oidc.errors import TokenRefused
from webapp.oidc.relying_party import GOODBYE
from webapp.signon.refresh_lock import PATIENCE
from webapp.signon.session_use import EARLY
from webapp.signon.signed_in import SessionRecord, SignedIn
from webapp.store.protocol import StoreUnavailable

ALMOST = 3600 - EARLY + 1
"""Seconds after sign-on at which the access token is about to expire."""


def _bearer(provider: Provider) -> str:
    """The access token that userinfo was last asked with."""
    return provider.ledger.of("userinfo")[-1].request.header("Authorization").removeprefix("Bearer ")


@pytest.mark.parametrize("mode", MODES)
def test_without_a_new_refresh_token_the_old_one_is_kept(site: Site, provider: Provider, mode: str) -> None:
    """RFC 6749 section 6: the server may issue a new one; whoever gets none goes on with the one there is."""
    browser = site.signed_on(mode)
    provider.tamper("refresh", refresh_token=DELETE)
    (first,) = provider._answers.refresh_tokens
    browser.post("/session/refresh")
    provider._answers.refresh_tokens[first] = next(iter(provider._answers.access_tokens.values()))
    browser.post("/session/refresh")
    assert [first, first] == [call.params["refresh_token"] for call in provider.ledger.of("refresh")]
    assert browser.signed_in


def test_without_a_new_id_token_the_claims_are_kept(site: Site, provider: Provider) -> None:
    """OpenID Connect Core 12.2 makes the ID token optional; what was verified at sign-on stands, hint included."""
    browser = site.signed_on()
    before = browser.session()
    provider.tamper("refresh", id_token=DELETE)
    browser.post("/session/refresh")
    assert before["claims"] == browser.session()["claims"]
    browser.post("/sign-off")
    assert provider.ledger.of("signoff")[0].params["id_token_hint"] in provider.planted


@pytest.mark.parametrize("claims", [{"iss": plus_one}, {"sub": plus_one}, {"aud": plus_one}], ids=["iss", "sub", "aud"])
def test_tokens_about_somebody_else_end_the_session(site: Site, provider: Provider, claims: dict[str, object]) -> None:
    """Here by the automatic refresh: userinfo is not asked with the new token, no second refresh is tried, and what the
    refresh brought is given back."""
    browser = site.signed_on()
    provider.tamper("refresh_id_token", **claims)
    site.clock.ahead = ALMOST
    page = browser.post("/session/userinfo")
    assert 502 == page.status
    assert not browser.signed_in
    assert ["refresh", "revoke"] == [name for name in provider.ledger.endpoints if name != "jwks"]
    assert list(provider._answers.refresh_tokens) == [call.params["token"] for call in provider.ledger.of("revoke")]


def test_invalid_grant_ends_the_session_with_a_way_on(site: Site, provider: Provider) -> None:
    """One call, a page that says so, the dead cookie removed, and a clean sign-on from there."""
    browser = site.signed_on()
    provider._answers.refresh_tokens.clear()
    page = browser.post("/session/refresh")
    assert (401, "session_ended", 1) == (page.status, page.error_code, provider.ledger.count("refresh"))
    assert "session" not in cookie_values(browser)
    browser.sign_on("hosted")
    assert browser.signed_in


@pytest.mark.parametrize(
    "fault",
    [provider_faults.status(500), provider_faults.status(503), provider_faults.status(429, ("Retry-After", "30")),
     provider_wire.reset_before],
    ids=["500", "503", "429", "reset"],
)  # fmt: skip
def test_while_the_access_token_lives_an_outage_stops_nobody(site: Site, provider: Provider, fault: object) -> None:
    """The page that would have renewed the token early is served with the old one; nothing is asked twice."""
    browser = site.signed_on()
    provider.faults["refresh"] = fault
    site.clock.ahead = ALMOST
    assert 200 == browser.post("/session/userinfo").status
    assert (1, 1) == (provider.ledger.count("refresh"), provider.ledger.count("userinfo"))
    assert browser.signed_in


def test_after_the_access_token_has_expired_an_outage_is_said(site: Site, provider: Provider) -> None:
    """Nothing is left to serve with, so the answer is that PingOne is out of order; the session stays for later."""
    provider.tamper("token", expires_in=300)
    browser = site.signed_on()
    provider.faults["refresh"] = provider_faults.status(503, ("Retry-After", "7"))
    site.clock.ahead = 301
    page = browser.post("/session/userinfo")
    assert (502, "provider_error", "7") == (page.status, page.error_code, page.headers["Retry-After"])
    assert (1, 0) == (provider.ledger.count("refresh"), provider.ledger.count("userinfo"))
    assert browser.signed_in


def test_pressing_refresh_during_an_outage_changes_nothing(site: Site, provider: Provider) -> None:
    """By hand the outage is shown, and the same refresh token works afterwards."""
    browser = site.signed_on()
    provider.faults["refresh"] = provider_faults.status(503)
    assert 502 == browser.post("/session/refresh").status
    provider.faults.clear()
    sent = {call.params["refresh_token"] for call in provider.ledger.of("refresh")}
    provider._answers.refresh_tokens |= {token: _any_grant(provider) for token in sent}
    assert 200 == browser.post("/session/refresh").status


def _any_grant(provider: Provider) -> object:
    return next(iter(provider._answers.access_tokens.values()))


@pytest.mark.parametrize(("ahead", "calls"), [(0, []), (3600 - EARLY - 30, []), (ALMOST, ["refresh"])])
def test_a_page_that_needs_the_token_renews_it_shortly_before_its_end(
    site: Site, provider: Provider, ahead: float, calls: list[str]
) -> None:
    """And not earlier; the page then shows what the new token is good for, and the session keeps it."""
    browser = site.signed_on()
    site.clock.ahead = ahead
    assert 200 == browser.post("/session/userinfo").status
    assert [*calls, "userinfo"] == provider.ledger.endpoints
    first = _bearer(provider)
    assert 200 == browser.post("/session/userinfo").status
    assert first == _bearer(provider)


def test_a_refused_access_token_is_renewed_once(site: Site, provider: Provider) -> None:
    """userinfo that says 401 whatever the token costs one refresh and one more try, not a loop."""
    browser = site.signed_on()
    provider.faults["userinfo"] = provider_faults.status(401)
    page = browser.post("/session/userinfo")
    assert (502, "token_refused") == (page.status, page.error_code)
    assert ["userinfo", "refresh", "userinfo"] == provider.ledger.endpoints


def test_a_session_without_refresh_token(site: Site, provider: Provider) -> None:
    """PingOne issues one only where the grant is ticked: there is no button, and a page says why."""
    provider.tamper("token", refresh_token=DELETE)
    browser = site.signed_on()
    assert "Refresh the tokens" not in browser.get("/session").text
    page = browser.post("/session/refresh")
    assert (200, 0) == (page.status, provider.ledger.count("refresh"))
    assert "no refresh token" in page.text


def test_keys_are_fetched_before_the_refresh_token_is_spent(site: Site, provider: Provider) -> None:
    """Otherwise a key set that is out of order for a moment would cost the session its refresh token."""
    browser = site.signed_on()
    provider.faults["jwks"] = provider_faults.status(500)
    elsewhere = moved(browser, site.app())
    assert 502 == elsewhere.post("/session/refresh").status
    assert 0 == provider.ledger.count("refresh")
    assert elsewhere.signed_in


def test_a_refresh_whose_result_cannot_be_stored_gives_it_back(site: Site, provider: Provider) -> None:
    """503, the new refresh token is revoked, and later the session ends cleanly or goes on, but never in between."""
    browser = site.signed_on()

    def fail(call: str) -> None:
        if call == "replace session":
            raise StoreUnavailable("lost")

    site.store.before = fail
    page = browser.post("/session/refresh")
    assert (503, "store_unavailable") == (page.status, page.error_code)
    (newest,) = provider._answers.refresh_tokens
    assert [newest] == [call.params["token"] for call in provider.ledger.of("revoke")]


def test_a_refresh_whose_story_cannot_be_kept_is_still_a_refresh(site: Site, provider: Provider) -> None:
    """The tokens are what matters; the trace is for reading."""
    browser = site.signed_on()

    def fail(call: str) -> None:
        if call.endswith("trace"):
            raise StoreUnavailable("lost")

    site.store.before = fail
    page = browser.post("/session/refresh")
    assert (200, "/session") == (page.status, urlsplit(page.trail[-1]).path)
    assert 200 == browser.post("/session/userinfo").status
    assert [] == provider.complaints


def test_a_holder_that_died_is_waited_for_no_longer_than_its_lock(site: Site, provider: Provider) -> None:
    """A process that was killed within a refresh leaves its lock behind, which ends by itself."""
    browser = site.signed_on()

    def die(call: str) -> None:
        if call == "replace session":
            raise _Killed

    site.store.before = die
    with pytest.raises(_Killed):
        browser.post("/session/refresh")
    site.store.before = lambda call: None
    provider._answers.refresh_tokens |= {
        call.params["refresh_token"]: _any_grant(provider) for call in provider.ledger.of("refresh")
    }
    # Python runs `finally` where a killed process would not: put the lock back that was released by it.
    services = browser.client.application.extensions["services"]
    lock_seconds = services.session_use.lock_seconds
    services.store.lock("refresh", cookie_values(browser)["session"], lock_seconds)
    site.clock.ahead = lock_seconds + 1
    assert 200 == browser.post("/session/refresh").status


class _Killed(BaseException):
    """Stands for the end of the process."""


def test_threads_of_one_process(site: Site, provider: Provider) -> None:
    """Twenty at once: one token call, and all of them go on with its tokens."""
    browser = site.signed_on()
    cookie = cookie_values(browser)["session"]
    statuses: list[int] = []
    everybody = threading.Event()

    def count(call: str) -> None:
        if 20 <= site.store.calls.count("touch session"):
            everybody.set()

    def press() -> None:
        tab = Browser(browser.client.application, browser.public_url, provider)
        tab.client.set_cookie("session", cookie, domain="localhost")
        statuses.append(tab.post("/session/refresh", follow=False).status)

    site.store.before = count
    # PingOne answers when all twenty have looked at the session: one that came later would rightly refresh again.
    provider.before["refresh"] = lambda: everybody.wait(20)
    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (20 * [303], 1) == (statuses, provider.ledger.count("refresh"))


def test_a_holder_that_died_after_saving_makes_nobody_wait(site: Site, provider: Provider) -> None:
    """Its lock is still there and the tokens are new: the others take them, and PingOne is asked nothing."""
    browser = site.signed_on()
    use = browser.client.application.extensions["services"].session_use
    record = SessionRecord(use.sessions, cookie_values(browser)["session"])
    seen = record.load()
    assert seen is not None
    assert record.save(with_tokens(seen, access_token="newer"))
    use.store.lock("refresh", record.id, 60)
    assert "newer" == replace(use, wait=_nobody_waits).refresh(seen, record).access_token
    assert 0 == provider.ledger.count("refresh")


def test_a_lock_that_is_held_too_long_is_said_so(site: Site, provider: Provider) -> None:
    """503 with a Retry-After, after as many looks as `PATIENCE` allows; the session stays."""
    browser = site.signed_on()
    use = browser.client.application.extensions["services"].session_use
    record = SessionRecord(use.sessions, cookie_values(browser)["session"])
    seen = record.load()
    assert seen is not None
    use.store.lock("refresh", record.id, 60)
    waits: list[float] = []
    with pytest.raises(TokenRefused) as busy:
        replace(use, wait=waits.append).refresh(seen, record)
    assert (503, PATIENCE) == (busy.value.status, round(sum(waits)))
    assert busy.value.retry_after
    assert browser.signed_in


def with_tokens(person: SignedIn, **tokens: str) -> SignedIn:
    return replace(person, on=replace(person.on, tokens=replace(person.on.tokens, **tokens)))


def _nobody_waits(seconds: float) -> None:
    raise AssertionError("waited for a lock whose work is done")


def test_a_refused_token_that_the_session_no_longer_holds_ends_nothing(site: Site, provider: Provider) -> None:
    """Its lock has ended, and another request has renewed the session: invalid_grant is about a token of the past."""
    browser = site.signed_on()
    services = browser.client.application.extensions["services"]
    record = SessionRecord(services.session_use.sessions, cookie_values(browser)["session"])
    seen = record.load()
    assert seen is not None

    def renewed_meanwhile() -> None:
        record.save(with_tokens(seen, access_token="newer", refresh_token="newer"))
        provider._answers.refresh_tokens.clear()

    provider.before["refresh"] = renewed_meanwhile
    assert 303 == browser.post("/session/refresh", follow=False).status
    assert browser.signed_in


def test_the_lock_outlives_the_longest_work(site: Site) -> None:
    """The token call and two fetches for a new key may each take the whole deadline, then tokens are given back."""
    for deadline in (5.0, 30.0):
        use = site.app(deadline=deadline).extensions["services"].session_use
        assert use.lock_seconds > 3 * deadline + GOODBYE


def test_a_refresh_whose_new_key_cannot_be_had_keeps_the_session_as_it_was(site: Site, provider: Provider) -> None:
    """The refresh token was spent for it: the session holds the next one, and the next refresh goes on with that."""
    browser = site.signed_on()
    before = browser.session()
    provider.signing_key = key("second")
    provider.faults["jwks"] = provider_faults.status(500)
    assert 502 == browser.post("/session/refresh").status
    assert before == browser.session()
    assert 0 == provider.ledger.count("revoke")
    provider.faults.clear()
    site.clock.ahead = 60
    assert 200 == browser.post("/session/refresh").status
    assert browser.signed_in
