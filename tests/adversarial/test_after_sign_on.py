"""Table A, rows about what comes after sign-on: userinfo, refresh and sign-off."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support import provider_faults
from tests.support.adversarial import Witness, secrets_of
from tests.support.provider import DELETE, Provider, plus_one
from tests.support.provider_keys import compact
from tests.support.provider_wire import whole
from tests.support.relying_party import MODES, Browser


def _signed_on(browser: Browser, mode: str = "hosted") -> Browser:
    browser.sign_on(mode)
    assert browser.signed_in
    browser.provider.ledger.clear()
    return browser


def test_a18_a19_userinfo_sends_the_token_in_the_header(browser: Browser, provider: Provider) -> None:
    """Never in the query, where logs would keep it, and never in the body."""
    page = _signed_on(browser).post("/session/userinfo")
    call = provider.ledger.of("userinfo")[0]
    assert (200, "Bearer ", {}) == (page.status, call.request.header("Authorization")[:7], call.params)
    assert [] == provider.complaints


def test_a13_scopes_bring_their_claims(browser: Browser, provider: Provider) -> None:
    """profile and email are asked for, granted, and what they bring is shown."""
    browser.sign_on("hosted")
    assert "openid profile email" == provider.ledger.of("authorize")[0].params["scope"]
    assert ["openid", "profile", "email"] == browser.session()["scopes"]
    page = browser.post("/session/userinfo")
    assert "alice@example.com" in page.text


def test_a75_a_refused_access_token_is_renewed(browser: Browser, provider: Provider) -> None:
    """401 at userinfo, twice in turn: each time one refresh, the second with the refresh token of the first."""
    _signed_on(browser)
    refused = provider_faults.status(401)
    provider.faults["userinfo"] = provider_faults.in_turn(refused, whole, refused, whole)
    pages = [browser.post("/session/userinfo") for _ in range(2)]
    spent = [call.params["refresh_token"] for call in provider.ledger.of("refresh")]
    assert [200, 200] == [page.status for page in pages]
    assert (4, 2) == (provider.ledger.count("userinfo"), len(set(spent)))
    assert [] == provider.complaints


@pytest.mark.parametrize("sub", [plus_one, DELETE, 17, ""], ids=["plus-one", "missing", "number", "empty"])
def test_a11_userinfo_about_somebody_else(browser: Browser, provider: Provider, sub: object) -> None:
    """The answer is discarded, and the session carries none of its claims."""
    provider.tamper("userinfo", sub=sub, email="planted-foreign@example.com")
    page = _signed_on(browser).post("/session/userinfo")
    assert (502, "subject_changed") == (page.status, page.error_code), page.text[:1000]
    assert "planted-foreign" not in page.text + str(browser.session())


def test_a23_a24_claims_from_elsewhere_are_not_fetched(browser: Browser, provider: Provider) -> None:
    """Aggregated and distributed claims neither crash us nor make us call an address of somebody's choice."""
    sources = {"a": {"endpoint": provider.canary, "access_token": "x"}, "b": {"JWT": "e.e.e"}}
    provider.tamper("userinfo", _claim_names={"age": "a", "x": "b"}, _claim_sources=sources)
    page = _signed_on(browser).post("/session/userinfo")
    assert (200, 0) == (page.status, provider.ledger.count("canary"))


@pytest.mark.parametrize("way", ["rs256", "none", "bitflip"])
def test_a20_signed_userinfo_is_not_what_we_asked_for(browser: Browser, provider: Provider, way: str) -> None:
    """PingOne answers JSON; a JWT is not JSON, whoever signed it."""
    token = compact({"sub": "x"}, way=way, key=provider.signing_key)
    provider.faults["userinfo"] = provider_faults.body(token.encode(), "application/jwt")
    page = _signed_on(browser).post("/session/userinfo")
    assert (502, "provider_error") == (page.status, page.error_code)


@pytest.mark.parametrize("mode", MODES)
def test_a38_refresh_replaces_the_tokens(browser: Browser, provider: Provider, mode: str) -> None:
    """Two refreshes in a row spend the rotated token, and userinfo is asked with the new one."""
    _signed_on(browser, mode)
    assert [200, 200] == [browser.post("/session/refresh").status for _ in range(2)]
    sent = [call.params["refresh_token"] for call in provider.ledger.of("refresh")]
    assert (2, 2) == (len(sent), len(set(sent)))
    assert 200 == browser.post("/session/userinfo").status
    assert [] == provider.complaints


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("A39-iss", {"iss": plus_one}),
        ("A40-sub", {"sub": plus_one}),
        ("A40-sub-missing", {"sub": DELETE}),
        ("Core12.2-aud", {"aud": plus_one}),
        ("Core12.2-azp", {"azp": "somebody-else"}),
        ("Core12.2-nonce", {"nonce": "another"}),
        ("A69-exp", {"exp": 1}),
    ],
)
def test_a39_a40_refresh_about_somebody_else(
    browser: Browser, provider: Provider, witness: Witness, name: str, claims: dict[str, object]
) -> None:
    """A refreshed ID token that is not about this session ends the session; its access token is never used."""
    _signed_on(browser)
    provider.tamper("refresh_id_token", **claims)
    page = browser.post("/session/refresh")
    assert 502 == page.status, page.text[:1000]
    assert page.error_code in ("id_token_claim", "subject_changed")
    assert not browser.signed_in
    assert (1, 0) == (provider.ledger.count("refresh"), provider.ledger.count("userinfo"))
    assert [] == secrets_of(provider, page.text + witness.read())


def test_a_refresh_that_moves_auth_time_ends_nothing(browser: Browser, provider: Provider) -> None:
    """PingOne's `auth_time` is known to move; nobody had asked for a fresh sign-on."""
    _signed_on(browser)
    provider.tamper("refresh_id_token", auth_time=lambda right: right - 1000)
    assert 200 == browser.post("/session/refresh").status
    assert browser.signed_in


@pytest.mark.parametrize("way", ["none", "bitflip", "hs256_public"])
def test_refreshed_id_token_with_a_bad_signature(browser: Browser, provider: Provider, way: str) -> None:
    """The refreshed token is verified like the first one."""
    _signed_on(browser)
    provider.sign = way
    page = browser.post("/session/refresh")
    assert (502, "id_token_signature") == (page.status, page.error_code)
    assert not browser.signed_in


def test_refresh_that_pingone_refuses(browser: Browser, provider: Provider) -> None:
    """A refresh token that PingOne no longer takes is tried once, and ends the session."""
    _signed_on(browser)
    provider._answers.refresh_tokens.clear()
    page = browser.post("/session/refresh")
    assert (401, "session_ended", 1) == (page.status, page.error_code, provider.ledger.count("refresh"))
    assert not browser.signed_in


def test_a41_sign_off_takes_the_browser_to_pingone(browser: Browser, provider: Provider) -> None:
    """With a hint that the provider really issued, the registered address to come back to, and a state."""
    _signed_on(browser)
    page = browser.post("/sign-off")
    call = provider.ledger.of("signoff")[0].params
    assert call["id_token_hint"] in provider.planted
    assert f"{browser.public_url}/signed-off" == call["post_logout_redirect_uri"]
    assert (200, False) == (page.status, browser.signed_in)
    assert f"{browser.public_url}/signed-off" == page.trail[-1].partition("?")[0]


@pytest.mark.parametrize("state", ["_INVALID", DELETE, "\u00e9"], ids=["A42-other", "A43-none", "not-ascii"])
def test_a42_a43_return_with_another_state(browser: Browser, provider: Provider, state: object) -> None:
    """The sign-off stands, and the page is a sane one."""
    _signed_on(browser)
    provider.tamper("signoff", state=state)
    page = browser.post("/sign-off")
    assert (200, False) == (page.status, browser.signed_in), page.text[:1000]


def test_sign_off_stands_while_pingone_is_away(browser: Browser, provider: Provider) -> None:
    """The session here ends first; whatever happens at PingOne comes after."""
    _signed_on(browser)
    provider.server.down()
    page = browser.post("/sign-off", follow=False)
    assert 303 == page.status
    assert not browser.signed_in


@pytest.mark.parametrize("mode", ["redirectless", "custom"])
def test_sign_off_of_a_session_that_our_server_holds(browser: Browser, provider: Provider, mode: str) -> None:
    """Where our server drove the flow, the PingOne session is in our cookie, and our server signs it off."""
    _signed_on(browser, mode)
    browser.post("/sign-off")
    cookies = [call.request.cookies.get("ST", "") for call in provider.ledger.of("signoff")]
    assert any(cookie in provider.planted for cookie in cookies), provider.ledger.endpoints


def test_sign_off_state_is_no_sign_on_state(browser: Browser, provider: Provider) -> None:
    """A sign-off's state at the callback redeems nothing."""
    _signed_on(browser)
    away = browser.post("/sign-off", follow=False)
    state = dict(parse_qsl(urlsplit(away.headers["Location"]).query)).get("state", "none")
    page = browser.get(f"/callback?code=planted&state={state}")
    assert (400, 0) == (page.status, provider.ledger.count("token"))
