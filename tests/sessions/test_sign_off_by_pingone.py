"""Sign-off that PingOne starts: by a frame of its own page, or from server to server. Both are off by default."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.sessions.conftest import PUBLIC_URL, Site, moved
from tests.support.counting_store import nothing
from tests.support.provider import CLIENT_ID, DELETE, Provider
from tests.support.provider_keys import compact, key
from tests.support.relying_party import MODES, Browser, Page
from webapp.store.ended import WHILE_BEGINNING
from webapp.store.protocol import StoreUnavailable

EVENT = "http://schemas.openid.net/event/backchannel-logout"
BACK, FRONT = {"BACK_CHANNEL_SIGN_OFF": "on"}, {"FRONT_CHANNEL_SIGN_OFF": "on"}


def logout_token(
    provider: Provider, sid: object, /, way: str = "rs256", typ: str = "logout+jwt", **changes: Any
) -> str:
    """A right logout token with these changes; a change may be a function of the right value."""
    now = int(time.time())
    right = {
        "iss": provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4()),
        "events": {EVENT: {}}, "sid": sid,
    }  # fmt: skip
    changed = right | {name: to(right.get(name)) if callable(to) else to for name, to in changes.items()}
    claims = {name: value for name, value in changed.items() if value is not DELETE}
    return compact(claims, way=way, key=provider.signing_key, header={"typ": typ})


def tell(site: Site, browser: Browser, token: str, **more: str) -> Page:
    """PingOne's server calls: no cookies, no Origin."""
    server = site.browser(browser.client.application)
    answer = server.client.post(
        "/back-channel-sign-off", base_url=PUBLIC_URL, data={"logout_token": token, **more}
    )  # fmt: skip
    return Page(answer.status_code, answer.text, dict(answer.headers))


def sid_of(browser: Browser) -> str:
    return str(browser.session()["pingone_session"])


@pytest.mark.parametrize("mode", MODES)
def test_a44_a_right_logout_token(site: Site, provider: Provider, mode: str) -> None:
    """200, kept by no cache, and the session is gone in every process; an extra form field is ignored."""
    browser = site.signed_on(mode, **BACK)
    custom = {"aud": provider.client.custom_client_id} if mode == "custom" else {}
    page = tell(site, browser, logout_token(provider, sid_of(browser), **custom), unknown="field")
    assert (200, "no-store", "") == (page.status, page.headers["Cache-Control"], page.text)
    assert not moved(browser, site.app(**BACK)).signed_in
    assert not browser.signed_in


ROWS: dict[str, dict[str, Any]] = {
    "A45-alg-none": {"way": "none"},
    "A45-no-signature": {"way": "no_signature"},
    "A46-no-event": {"events": DELETE},
    "A46-event-not-an-object": {"events": {EVENT: True}},
    "A46-events-a-list": {"events": [EVENT]},
    "A47-with-nonce": {"nonce": "n"},
    "A48-es256": {"way": "es256"},
    "A48-hs256-with-the-public-key": {"way": "hs256_public"},
    "A48-bitflip": {"way": "bitflip"},
    "A49-wrong-aud": {"aud": f"{CLIENT_ID}1"},
    "A49-second-aud": {"aud": [CLIENT_ID, f"{CLIENT_ID}1"]},
    "A49-no-aud": {"aud": DELETE},
    "A50-wrong-event": {"events": {"http://schemas.openid.net/event/foobar": {}}},
    "A51-wrong-iss": {"iss": lambda right: f"{right}1"},
    "A51-no-iss": {"iss": DELETE},
    "no-jti": {"jti": DELETE},
    "no-iat": {"iat": DELETE},
    "old": {"iat": lambda right: right - 700, "exp": DELETE},
    "expired": {"exp": lambda right: right - 300},
    "neither-sid-nor-sub": {"sid": DELETE},
    "an-id-token": {"nonce": "n", "typ": "JWT", "events": DELETE},
    "an-access-token-by-type": {"typ": "at+jwt"},
}


@pytest.mark.parametrize("changes", ROWS.values(), ids=ROWS.keys())
def test_a45_to_a51_refused(site: Site, provider: Provider, changes: dict[str, Any]) -> None:
    """400, kept by no cache, and nobody is signed off; a right token does it afterwards."""
    browser = site.signed_on(**BACK)
    page = tell(site, browser, logout_token(provider, sid_of(browser), **changes))
    assert (400, "no-store") == (page.status, page.headers["Cache-Control"])
    assert browser.signed_in
    assert 200 == tell(site, browser, logout_token(provider, sid_of(browser))).status
    assert not browser.signed_in


def test_signed_by_a_foreign_key(site: Site, provider: Provider) -> None:
    """Of the right form, by somebody else; also when the header claims the right key."""
    browser = site.signed_on(**BACK)
    right, provider.signing_key = provider.signing_key, key("foreign")
    token = logout_token(provider, sid_of(browser))
    provider.signing_key = right
    assert 400 == tell(site, browser, token).status
    assert browser.signed_in


@pytest.mark.parametrize("form", [{}, {"logout_token": ""}, {"logout_token": "x"}, {"logout_token": "a.b.c"},
                                  {"logout_token": ["a.b.c", "a.b.c"]}], ids=str)  # fmt: skip
def test_what_is_no_token(site: Site, form: dict[str, Any]) -> None:
    """400, never 500."""
    answer = site.browser(**BACK).client.post("/back-channel-sign-off", base_url=PUBLIC_URL, data=form)
    assert 400 == answer.status_code


def test_a_logout_token_works_once(site: Site, provider: Provider) -> None:
    """Sent again after the person has signed on anew it changes nothing, and is answered 200: it was carried out."""
    provider.tamper("id_token", iat=lambda right: right - 20)
    browser = site.signed_on(**BACK)
    provider.tamper("id_token", iat=lambda right: right)
    token = logout_token(provider, DELETE, sub=browser.session()["subject"], iat=lambda right: right - 10)
    assert (200, False) == (tell(site, browser, token).status, browser.signed_in)
    browser.sign_on("hosted")
    site.store.calls.clear()
    assert 200 == tell(site, browser, token).status
    assert ["get logout-token"] == site.store.calls
    assert browser.signed_in


@pytest.mark.parametrize("lost", ["put ended-sid", "get pingone-session", "put logout-token"])
def test_a_logout_token_whose_mark_was_not_written_works_when_it_is_sent_again(
    site: Site, provider: Provider, lost: str
) -> None:
    """Marked first, remembered afterwards: a store that fails in between must not make the second delivery a replay."""
    browser = site.signed_on(**BACK)
    token = logout_token(provider, sid_of(browser))

    def fail(call: str) -> None:
        if call == lost:
            raise StoreUnavailable("lost")

    site.store.before = fail
    assert 503 == tell(site, browser, token).status
    site.store.before = nothing
    assert 200 == tell(site, browser, token).status
    assert not browser.signed_in


def _while_it_is_made(site: Site, provider: Provider, message: Callable[[], object]) -> Browser:
    """Sign on; once the code is redeemed, and before the session is written, PingOne says that it is over."""
    browser = site.browser(**BACK, **FRONT)
    provider.tamper("id_token", sid="3f1c")

    def tell_it(call: str) -> None:
        if call.startswith("change session"):
            site.store.before = nothing
            message()

    site.store.before = tell_it
    browser.sign_on("hosted")
    assert site.store.before is nothing
    return browser


@pytest.mark.parametrize("late", [0, -20], ids=["right clock", "clock 20 s behind"])
@pytest.mark.parametrize("way", ["frame", "token"])
def test_a_sign_off_of_a_session_that_is_being_made(site: Site, provider: Provider, way: str, late: int) -> None:
    """It ends the session whatever any clock says: for a `sid` no time is compared. The tokens are given back."""

    def message() -> None:
        site.clock.ahead += late
        server = site.browser(**BACK, **FRONT)
        if way == "frame":
            assert 200 == _frame(site, server, ("iss", provider.issuer), ("sid", "3f1c")).status
        else:
            assert 200 == tell(site, server, logout_token(provider, "3f1c")).status
        site.clock.ahead -= late

    browser = _while_it_is_made(site, provider, message)
    assert not browser.signed_in
    assert list(provider._answers.refresh_tokens) == [call.params["token"] for call in provider.ledger.of("revoke")]


def test_a_mark_in_the_last_moment_of_a_beginning_session_is_kept(site: Site, provider: Provider) -> None:
    """Whoever marks looks for the session after marking: one that is just being written gets a mark that lasts."""
    browser = _while_it_is_made(site, provider, lambda: None)
    assert browser.signed_in
    site.store.calls.clear()
    assert 200 == _frame(site, browser, ("iss", provider.issuer), ("sid", "3f1c")).status
    assert ["put ended-sid", "get pingone-session", "put ended-sid"] == site.store.calls
    site.clock.ahead = WHILE_BEGINNING + 1
    assert not browser.signed_in


def test_a_mark_for_a_sid_that_nobody_has_is_soon_gone(site: Site, provider: Provider) -> None:
    """With front-channel sign-off on, anybody may invent them: they are kept for minutes, not for a session's life."""
    browser = site.browser(**FRONT)
    assert 200 == _frame(site, browser, ("iss", provider.issuer), ("sid", "invented")).status
    ((ends, _),) = site.store.store._records.values()
    assert WHILE_BEGINNING >= ends - site.clock() > WHILE_BEGINNING - 60


@pytest.mark.parametrize(("later", "lives"), [(-1, True), (0, False), (1, False)])
def test_for_a_person_the_logout_token_is_compared_with_the_id_token(
    site: Site, provider: Provider, later: int, lives: bool
) -> None:
    """PingOne's clock against PingOne's: ours may be an hour wrong. A refreshed ID token makes no session younger."""
    begun = int(time.time()) - 20
    provider.tamper("id_token", iat=begun)
    browser = site.signed_on(**BACK)
    assert 200 == browser.post("/session/refresh").status
    token = logout_token(provider, DELETE, sub=browser.session()["subject"], iat=begun + later)
    assert (200, lives) == (tell(site, browser, token).status, browser.signed_in)


def test_an_older_logout_token_does_not_replace_a_newer_one(site: Site, provider: Provider) -> None:
    """They may arrive in any order."""
    begun = int(time.time()) - 20
    provider.tamper("id_token", iat=begun)
    browser = site.signed_on(**BACK)
    subject = browser.session()["subject"]
    for later in (1, -1):
        token = logout_token(provider, DELETE, sub=subject, iat=begun + later)
        assert 200 == tell(site, browser, token).status
    assert not browser.signed_in


@pytest.mark.parametrize("way", ["sid", "sub"])
def test_what_pingone_has_ended_is_given_back(site: Site, provider: Provider, way: str) -> None:
    """The next request with the cookie finds the session over, and gives its refresh token back, once."""
    browser = site.signed_on(**BACK)
    named = {} if way == "sid" else {"sid": DELETE, "sub": browser.session()["subject"]}
    assert 200 == tell(site, browser, logout_token(provider, sid_of(browser), **named)).status
    held = list(provider._answers.refresh_tokens)
    assert [False, False] == [browser.signed_in, browser.signed_in]
    assert held == [call.params["token"] for call in provider.ledger.of("revoke")]


def test_without_sid_it_means_all_sessions_of_the_person(site: Site, provider: Provider) -> None:
    """And with sid only that one."""
    one = site.signed_on(**BACK)
    app = one.client.application
    two = site.signed_on(app=app)
    assert 200 == tell(site, one, logout_token(provider, sid_of(one))).status
    assert (False, True) == (one.signed_in, two.signed_in)
    assert 200 == tell(site, two, logout_token(provider, DELETE, sub=two.session()["subject"])).status
    assert not two.signed_in


def test_it_overtakes_a_refresh(site: Site, provider: Provider) -> None:
    """A session that PingOne ends while its tokens are renewed is ended all the same."""
    browser = site.signed_on(**BACK)
    token = logout_token(provider, sid_of(browser))
    provider.before["refresh"] = lambda: tell(site, browser, token) and None
    browser.post("/session/refresh", follow=False)
    assert not browser.signed_in


# -- in a frame -------------------------------------------------------------------------------------------------------


def _frame(site: Site, browser: Browser, *pairs: tuple[str, str]) -> Page:
    """PingOne's page loads ours in a frame: another site's, so no cookie of ours comes along."""
    server = site.browser(browser.client.application)
    answer = server.client.get("/front-channel-sign-off", base_url=PUBLIC_URL, query_string=list(pairs))
    return Page(answer.status_code, answer.text, dict(answer.headers))


def test_front_channel_ends_the_session_that_iss_and_sid_name(site: Site, provider: Provider) -> None:
    """The page may be framed by PingOne and by nobody else, is kept by no cache, and sets no cookie."""
    browser, other = site.signed_on(**FRONT), site.signed_on(**FRONT)
    page = _frame(site, browser, ("iss", provider.issuer), ("sid", sid_of(browser)))
    assert (200, "no-store") == (page.status, page.headers["Cache-Control"])
    assert f"frame-ancestors {provider.server.origin}" in page.headers["Content-Security-Policy"]
    assert not {"X-Frame-Options", "Set-Cookie"} & set(page.headers)
    assert (False, True) == (browser.signed_in, other.signed_in)


WRONG: dict[str, Callable[[str, str], list[tuple[str, str]]]] = {
    "no-iss": lambda iss, sid: [("sid", sid)],
    "no-sid": lambda iss, sid: [("iss", iss)],
    "nothing": lambda iss, sid: [],
    "foreign-iss": lambda iss, sid: [("iss", f"{iss}1"), ("sid", sid)],
    "two-sids": lambda iss, sid: [("iss", iss), ("sid", sid), ("sid", "other")],
    "two-issuers": lambda iss, sid: [("iss", iss), ("iss", "https://evil.example"), ("sid", sid)],
    "empty-sid": lambda iss, sid: [("iss", iss), ("sid", "")],
    "long-sid": lambda iss, sid: [("iss", iss), ("sid", "s" * 256)],
}


@pytest.mark.parametrize("pairs", WRONG.values(), ids=WRONG.keys())
def test_front_channel_refuses_half_a_message(
    site: Site, provider: Provider, pairs: Callable[[str, str], list[tuple[str, str]]]
) -> None:
    """400, and a stranger signs nobody off."""
    browser = site.signed_on(**FRONT)
    assert 400 == _frame(site, browser, *pairs(provider.issuer, sid_of(browser))).status
    assert browser.signed_in


def test_both_are_off_unless_switched_on(site: Site, provider: Provider) -> None:
    """404, whatever is sent, and the session stays."""
    browser = site.signed_on()
    frame = _frame(site, browser, ("iss", provider.issuer), ("sid", sid_of(browser)))
    assert (404, 404) == (frame.status, tell(site, browser, logout_token(provider, sid_of(browser))).status)
    assert browser.signed_in
