"""Table A, authorization response rows: a code is worth nothing before state, issuer and shape are right."""

from urllib.parse import urlencode

import pytest

from tests.support.adversarial import Row, Witness, assert_clean_sign_on, assert_refused, each_mode, secrets_of
from tests.support.provider import DELETE, Provider, plus_one
from tests.support.relying_party import MODES, Browser

NOTHING = ("token", "userinfo", "introspect")
# In an address the state finds the attempt; in JSON, where PingOne may leave it out, it is compared if it is there.
BY_ADDRESS = ("hosted", "custom")
BY_JSON = ("redirectless",)


def _response(name: str, code: str, /, *, modes: tuple[str, ...] = MODES, **members: object) -> Row:
    def poison(provider: Provider) -> None:
        provider.sends_iss = provider.advertises_iss = True
        provider.tamper("response", **members)

    return Row(name, poison, code, 400, NOTHING, modes)


def _twice(name: str, code: str = "response_malformed") -> Row:
    """A second value beside the right one; JSON cannot carry one, so the redirectless mode has no such case."""

    def poison(provider: Provider) -> None:
        provider.sends_iss = name == "iss"
        provider.response_extra = ((name, "planted-second-value"),)

    return Row(f"{name}-twice", poison, code, 400, NOTHING, ("hosted", "custom"))


ROWS = [
    _response("A61-iss", "issuer_mismatch", iss=plus_one),
    _response("A61-iss-slash", "issuer_mismatch", iss=lambda right: f"{right}/"),
    _response("A61-iss-empty", "issuer_mismatch", iss=""),
    _response("A62-iss-removed", "issuer_mismatch", iss=DELETE),
    _response("A63-state", "state_mismatch", state=plus_one),
    _response("A63-state-of-nobody", "sign_on_other_browser", state="planted.state", modes=BY_ADDRESS),
    _response("A64-state-missing", "state_mismatch", state=DELETE, modes=BY_ADDRESS),
    _response("state-not-ascii", "sign_on_other_browser", state="\u00e9", modes=BY_ADDRESS),
    _response("state-not-ascii", "state_mismatch", state="\u00e9", modes=BY_JSON),
    _response("code-and-error", "response_malformed", error="access_denied"),
    _response("code-missing", "response_malformed", code=DELETE),
    _response("code-empty", "response_malformed", code=""),
    _response("code-endless", "response_malformed", code="c" * 5000),
    _response("id-token-in-response", "response_malformed", id_token="eyJ.e30.x"),
    _response("access-token-in-response", "response_malformed", access_token="planted-front-channel-token"),
    _response("jarm", "response_malformed", response="eyJ.e30.x"),
    _response("access-denied", "refused", code=DELETE, error="access_denied"),
    _response("error-of-other-issuer", "issuer_mismatch", code=DELETE, error="access_denied", iss=plus_one),
    _twice("code"),
    _twice("iss"),
    _twice("error"),
]


@each_mode(ROWS)
def test_response_is_refused(browser: Browser, provider: Provider, witness: Witness, row: Row, mode: str) -> None:
    """A poisoned authorization response ends the attempt; its code is not redeemed, now or later."""
    row.poison(provider)
    page = browser.sign_on(mode)
    assert_refused(browser, page, row, witness)
    assert_clean_sign_on(browser, mode)


@pytest.mark.parametrize("name", ["state", "code", "iss", "error"])
def test_parameter_twice_at_the_callback(browser: Browser, provider: Provider, witness: Witness, name: str) -> None:
    """Repeating any parameter, with the same value or another, is malformed (RFC 6749 section 3.1)."""
    location = _callback_of(browser)
    page = browser.get(f"{location}&{urlencode({name: 'x'})}&{urlencode({name: 'x'})}")
    assert (400, 0) == (page.status, provider.ledger.count("token"))
    assert page.error_code in ("response_malformed", "sign_on_unknown")
    assert not browser.signed_in
    assert [] == secrets_of(provider, page.text + witness.read())


def test_error_description_is_shown_as_text(browser: Browser, provider: Provider) -> None:
    """PingOne's words are shown, escaped: they come through an address that anybody can write."""
    provider.tamper("response", code=DELETE, error="access_denied", error_description="<script>alert(1)</script>")
    page = browser.sign_on("hosted")
    assert (400, "refused") == (page.status, page.error_code)
    assert "<script>alert(1)" not in page.text


def test_callback_twice_redeems_once(browser: Browser, provider: Provider) -> None:
    """Reload and Back onto the callback lead to the session that is there and redeem nothing."""
    location = _callback_of(browser)
    first, second = browser.get(location), browser.get(location)
    assert (1, 200, 200) == (provider.ledger.count("token"), first.status, second.status)
    assert browser.signed_in


def test_two_tabs_finish_in_reverse(browser: Browser, provider: Provider) -> None:
    """Two sign-ons of one browser do not disturb each other."""
    first, second = _callback_of(browser), _callback_of(browser)
    assert 200 == browser.get(second).status
    assert 200 == browser.get(first).status
    assert (2, True) == (provider.ledger.count("token"), browser.signed_in)


def test_stranger_at_the_callback_consumes_nothing(make_browser, browser: Browser, provider: Provider) -> None:
    """A link scanner without the cookie gets an error page, and the visitor still signs on."""
    location = _callback_of(browser)
    scanner = Browser(browser.client.application, browser.public_url, provider)
    assert 400 == scanner.get(location).status
    assert 0 == provider.ledger.count("token")
    assert 200 == browser.get(location).status
    assert (True, False) == (browser.signed_in, scanner.signed_in)


def test_a21_callback_takes_no_post(browser: Browser, provider: Provider) -> None:
    """form_post is not offered: a POST to the redirect URI is not a response."""
    location = _callback_of(browser)
    page = browser.post(location.partition("?")[0], {"code": "x", "state": "y"})
    assert (405, 0) == (page.status, provider.ledger.count("token"))


def test_state_is_spent_by_an_error_too(browser: Browser, provider: Provider) -> None:
    """After error=access_denied the same state redeems no code any more."""
    location = _callback_of(browser)
    state = location.partition("state=")[2].partition("&")[0]
    assert 400 == browser.get(f"/callback?error=access_denied&state={state}").status
    assert 400 == browser.get(location).status
    assert (0, False) == (provider.ledger.count("token"), browser.signed_in)


def _callback_of(browser: Browser) -> str:
    """Start a hosted sign-on, let the provider answer, and return the callback it names without going there."""
    answer = browser.get("/sign-on/hosted", follow=False)
    page = browser._visit(answer.headers["Location"], ())
    assert 302 == page.status
    return page.headers["Location"].removeprefix(browser.public_url)
