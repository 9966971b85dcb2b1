"""After sign-on: bad days on the wire at userinfo and at revocation.

Nobody is signed off by a fault between PingOne and us, and nobody stays signed on because of one. As in
`test_network_faults.py`, slow faults end in a right answer that comes after the deadline, and no clock is read.
"""

import resource
from dataclasses import dataclass, replace

import pytest

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.adversarial import Witness, assert_clean_sign_on, secrets_of
from tests.support.provider import Provider
from tests.support.provider_catalogue import BROKEN, LAWFUL, ODD, SLOW
from tests.support.raw_http import Answer
from tests.support.raw_server import Fault, Wire
from tests.support.relying_party import Browser, Page

DEADLINE = 0.5
MEGABYTES = 1024


@dataclass(frozen=True)
class Place:
    """An endpoint, the form of ours that calls it, and whether the call may be repeated."""

    endpoint: str
    form: str
    repeatable: bool


USERINFO = Place("userinfo", "/session/userinfo", True)
REVOKE = Place("revoke", "/session/revoke", False)
PLACES = [USERINFO, REVOKE]
# Sign-off does nothing else with a failed revocation than to go on: one fault of each kind shows it.
AT_SIGN_OFF = SLOW | {
    name: BROKEN[name]
    for name in (
        "reset-before",
        "truncated",
        "chunk-line-endless",
        "endless",
        "gzip-bomb",
        "500",
        "429",
        "not-http",
    )
}


def _each(faults: dict[str, Fault]) -> pytest.MarkDecorator:
    params = [
        pytest.param(place, fault, id=f"{name}-{place.endpoint}") for name, fault in faults.items() for place in PLACES
    ]
    return pytest.mark.parametrize(("place", "fault"), params)


def _signed_on(browser: Browser, mode: str = "hosted") -> Browser:
    browser.sign_on(mode)
    assert browser.signed_in
    browser.provider.ledger.clear()
    return browser


def _poison(provider: Provider, place: Place, fault: Fault) -> None:
    """A right answer to a revocation is empty: it gets some body, or nothing could go wrong with that."""

    def with_body(wire: Wire, answer: Answer) -> bool:
        return fault(wire, replace(answer, body=answer.body or b'{"revoked": "as you wish, planted-nowhere"}'))

    provider.faults[place.endpoint] = with_body


def _assert_session_kept(browser: Browser, before: dict[str, object], place: Place) -> None:
    """The session is the one it was, and serves as soon as the wire does."""
    after = browser.session()
    moving = {"session_expires_at": 0}
    assert before | moving == after | moving
    browser.provider.faults.clear()
    again = browser.post(place.form)
    assert 200 == again.status, again.text[:2000]
    assert [] == browser.provider.complaints


def _assert_survived(browser: Browser, page: Page, before: dict[str, object], place: Place, witness: Witness) -> None:
    provider = browser.provider
    assert "no-store" in page.headers["Cache-Control"]
    assert {place.endpoint} == set(provider.ledger.endpoints), "a fault on the wire made us ask something else"
    assert [] == secrets_of(provider, page.text + witness.read())
    _assert_session_kept(browser, before, place)
    assert_clean_sign_on(browser, "hosted")


@_each(SLOW)
def test_slowness_is_survived(make_browser, provider: Provider, witness: Witness, place: Place, fault: Fault) -> None:
    """An answer that takes longer than the deadline is no answer: 503, and the session stays."""
    browser = _signed_on(make_browser(deadline=DEADLINE))
    before = browser.session()
    _poison(provider, place, fault)
    page = browser.post(place.form)
    assert (503, "provider_unreachable") == (page.status, page.error_code), page.text[:2000]
    assert 1 == provider.ledger.count(place.endpoint)
    _assert_survived(browser, page, before, place, witness)


@_each({name: fault for name, fault in BROKEN.items() if name not in ("captive-portal", "length-too-short")})
def test_fault_is_survived(browser: Browser, provider: Provider, witness: Witness, place: Place, fault: Fault) -> None:
    """A fault ends in 502 or 503, repeats nothing that must not be repeated, and the session stays."""
    before = _signed_on(browser).session()
    _poison(provider, place, fault)
    page = browser.post(place.form)
    assert page.status in (502, 503), (page.status, page.text[:2000])
    assert page.error_code in ("provider_error", "provider_unreachable")
    assert provider.ledger.count(place.endpoint) <= (2 if place.repeatable else 1), provider.ledger.endpoints
    _assert_survived(browser, page, before, place, witness)


@pytest.mark.parametrize("name", ["captive-portal", "length-too-short"])
def test_userinfo_that_is_no_json(browser: Browser, provider: Provider, witness: Witness, name: str) -> None:
    """A hotel's page and cut JSON are no claims. (A revocation is its status: RFC 7009 has its body ignored.)"""
    before = _signed_on(browser).session()
    _poison(provider, USERINFO, BROKEN[name])
    page = browser.post(USERINFO.form)
    assert (502, "provider_error") == (page.status, page.error_code), page.text[:2000]
    assert "planted-upstream-page" not in page.text
    _assert_survived(browser, page, before, USERINFO, witness)


@_each(ODD)
def test_oddity_is_survived(browser: Browser, provider: Provider, place: Place, fault: Fault) -> None:
    """An oddity ends in an answer or in a clean refusal, never in an internal error, and the session stays."""
    before = _signed_on(browser).session()
    _poison(provider, place, fault)
    page = browser.post(place.form)
    assert page.status in (200, 502, 503), (page.status, page.text[:2000])
    _assert_session_kept(browser, before, place)


@_each(LAWFUL)
def test_lawful_answer_is_understood(browser: Browser, provider: Provider, place: Place, fault: Fault) -> None:
    """What HTTP allows is an answer."""
    _signed_on(browser)
    _poison(provider, place, fault)
    page = browser.post(place.form)
    assert (200, 1) == (page.status, provider.ledger.count(place.endpoint)), page.text[:2000]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_redirect_is_not_followed(browser: Browser, provider: Provider, place: Place, status: int) -> None:
    """The access token goes to nobody else's address, and neither does the refresh token."""
    before = _signed_on(browser).session()
    provider.faults[place.endpoint] = http.redirect(provider.canary, status)
    page = browser.post(place.form)
    assert 502 == page.status, page.text[:2000]
    assert (1, 0) == (provider.ledger.count(place.endpoint), provider.ledger.count("canary"))
    _assert_session_kept(browser, before, place)


@pytest.mark.parametrize("name", ["reset-before", "closed-before", "503"])
def test_userinfo_is_asked_again_once(browser: Browser, provider: Provider, name: str) -> None:
    """A GET that met a fault is repeated once, and the person notices nothing."""
    _signed_on(browser)
    provider.faults["userinfo"] = http.once(BROKEN[name])
    page = browser.post(USERINFO.form)
    assert (200, 2) == (page.status, provider.ledger.count("userinfo")), page.text[:2000]


@pytest.mark.parametrize("code", [203, 206])
def test_right_claims_under_a_wrong_status(browser: Browser, provider: Provider, code: int) -> None:
    """Claims that read well are no answer under a status that was not agreed on."""
    before = _signed_on(browser).session()
    provider.faults["userinfo"] = http.right_body_status(code)
    page = browser.post(USERINFO.form)
    assert (502, "provider_error") == (page.status, page.error_code), page.text[:1000]
    _assert_session_kept(browser, before, USERINFO)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_connection_refused(browser: Browser, provider: Provider, place: Place) -> None:
    """PingOne goes away after sign-on: 503, and the session serves again once it is back."""
    before = _signed_on(browser).session()
    provider.server.down()
    page = browser.post(place.form)
    assert (503, "provider_unreachable") == (page.status, page.error_code), page.text[:2000]
    provider.return_()
    _assert_session_kept(browser, before, place)
    assert_clean_sign_on(browser, "hosted")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_idle_connections_cut_by_the_peer(browser: Browser, provider: Provider, place: Place) -> None:
    """Pooled connections that PingOne has closed meanwhile cost nobody an answer."""
    _signed_on(browser)
    provider.server.cut()
    page = browser.post(place.form)
    assert (200, 1) == (page.status, provider.ledger.count(place.endpoint)), page.text[:1000]


@pytest.mark.parametrize(("said", "passed_on"), [("2", "2"), ("999999999", "3600"), ("-1", None), ("soon", None)])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_retry_after_is_passed_on(
    browser: Browser, provider: Provider, place: Place, said: str, passed_on: str
) -> None:
    """PingOne's rate limit becomes ours, within bounds, and is met once."""
    _signed_on(browser)
    provider.faults[place.endpoint] = http.status(429, ("Retry-After", said))
    page = browser.post(place.form)
    assert (503, passed_on) == (page.status, page.headers.get("Retry-After")), page.text[:1000]
    assert 1 == provider.ledger.count(place.endpoint)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_bombs_cost_no_memory(browser: Browser, provider: Provider, place: Place) -> None:
    """Two hundred megabytes that arrive as two hundred kilobytes are never unpacked."""
    _signed_on(browser).post(place.form)
    _poison(provider, place, http.gzip_bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    browser.post(place.form)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * MEGABYTES


@pytest.mark.parametrize("fault", AT_SIGN_OFF.values(), ids=AT_SIGN_OFF)
def test_sign_off_stands_whatever_revocation_meets(
    make_browser, provider: Provider, witness: Witness, fault: Fault
) -> None:
    """The refresh token is offered for revocation once; the browser goes on to PingOne with its hint all the same."""
    browser = _signed_on(make_browser(deadline=DEADLINE))
    _poison(provider, REVOKE, fault)
    page = browser.post("/sign-off", follow=False)
    assert (303, provider.url("signoff")) == (page.status, page.headers["Location"].partition("?")[0])
    assert (1, False) == (provider.ledger.count("revoke"), browser.signed_in)
    assert [] == secrets_of(provider, page.text + witness.read())
    assert_clean_sign_on(browser, "hosted")


@pytest.mark.parametrize(
    "fault", [wire.late(wire.SLOW), wire.reset_before, http.html(502)], ids=["late", "reset", "502"]
)
def test_sign_off_stands_when_every_goodbye_fails(make_browser, provider: Provider, fault: Fault) -> None:
    """Where our server holds the PingOne session our server says goodbye: once to each, and then it is done."""
    browser = _signed_on(make_browser(deadline=DEADLINE), "redirectless")
    provider.faults |= {"revoke": fault, "signoff": fault}
    page = browser.post("/sign-off")
    assert (200, False) == (page.status, browser.signed_in), page.text[:1000]
    assert 1 == provider.ledger.count("revoke")
    assert_clean_sign_on(browser, "redirectless")
