"""Bad days on the wire, at every endpoint that a sign-on calls.

Slow faults end in a right answer after three seconds, and the application has half a one: whoever lacks a
total deadline signs the visitor on and fails the test. No clock is read.
"""

import resource
from dataclasses import dataclass

import pytest

from tests.support import provider_faults as http
from tests.support.adversarial import Witness, assert_clean_sign_on, assert_consumed, secrets_of
from tests.support.provider import Provider
from tests.support.provider_catalogue import BROKEN, LAWFUL, ODD, SLOW
from tests.support.raw_server import Fault
from tests.support.relying_party import Browser, Page

DEADLINE = 0.5
MEGABYTES = 1024


@dataclass(frozen=True)
class Place:
    """An endpoint, a mode that calls it, and whether the call may be repeated."""

    endpoint: str
    mode: str
    repeatable: bool


PLACES = [
    Place("discovery", "hosted", True),
    Place("jwks", "hosted", True),
    Place("par", "hosted", False),
    Place("authorize", "redirectless", True),
    Place("check", "redirectless", False),
    Place("flow", "custom", True),
    Place("resume", "redirectless", True),
    Place("token", "hosted", False),
]


def _each(faults: dict[str, Fault], places: list[Place] = PLACES) -> pytest.MarkDecorator:
    params = [
        pytest.param(place, fault, id=f"{name}-{place.endpoint}") for name, fault in faults.items() for place in places
    ]
    return pytest.mark.parametrize(("place", "fault"), params)


@pytest.fixture
def browser(make_browser, request: pytest.FixtureRequest) -> Browser:
    """A browser in front of an application that calls the place in question."""
    place = request.node.callspec.params["place"]
    return make_browser(PINGONE_PAR="on" if place.endpoint == "par" else "off")


@_each(SLOW)
def test_slowness_is_survived(make_browser, provider: Provider, witness: Witness, place: Place, fault: Fault) -> None:
    """An answer that takes longer than the deadline is no answer, however lively it drips."""
    browser = make_browser(deadline=DEADLINE, PINGONE_PAR="on" if place.endpoint == "par" else "off")
    provider.faults[place.endpoint] = fault
    page = browser.sign_on(place.mode)
    assert (503, "provider_unreachable") == (page.status, page.error_code), (page.trail, page.text[:2000])
    assert 1 == provider.ledger.count(place.endpoint)
    _assert_survived(browser, page, place, witness)


@_each(BROKEN)
def test_fault_is_survived(browser: Browser, provider: Provider, witness: Witness, place: Place, fault: Fault) -> None:
    """A fault ends in 502 or 503, signs nobody in, repeats nothing that must not be repeated, and heals."""
    provider.faults[place.endpoint] = fault
    page = browser.sign_on(place.mode)
    assert page.status in (502, 503), (page.status, page.trail, page.text[:2000])
    assert page.error_code in ("provider_error", "provider_unreachable")
    assert provider.ledger.count(place.endpoint) <= (2 if place.repeatable else 1), provider.ledger.endpoints
    _assert_survived(browser, page, place, witness)


def _assert_survived(browser: Browser, page: Page, place: Place, witness: Witness) -> None:
    provider = browser.provider
    assert "no-store" in page.headers["Cache-Control"]
    assert not browser.signed_in
    assert [] == secrets_of(provider, page.text + witness.read())
    if place.endpoint != "token":
        # Keys come first: a code is not spent on a token that nobody could verify.
        assert 0 == provider.ledger.count("token")
    assert_consumed(browser, page)
    assert_clean_sign_on(browser, place.mode)


@_each(ODD)
def test_oddity_is_survived(browser: Browser, provider: Provider, place: Place, fault: Fault) -> None:
    """An oddity ends in a sign-on or in a clean refusal, never in an internal error or a half session."""
    provider.faults[place.endpoint] = fault
    page = browser.sign_on(place.mode)
    assert page.status in (200, 400, 502, 503), (page.status, page.text[:2000])
    assert (page.status == 200) == browser.signed_in, (page.trail, page.text[:2000])
    assert_clean_sign_on(browser, place.mode)


@_each(LAWFUL)
def test_lawful_answer_is_understood(browser: Browser, provider: Provider, place: Place, fault: Fault) -> None:
    """What HTTP allows signs the visitor on."""
    provider.faults[place.endpoint] = fault
    page = browser.sign_on(place.mode)
    assert browser.signed_in, (page.status, page.trail, page.text[:2000])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_redirect_is_not_followed(browser: Browser, provider: Provider, place: Place, status: int) -> None:
    """No call follows a redirect: 307 would hand code, verifier and secret to whoever it names."""
    provider.faults[place.endpoint] = http.redirect(provider.canary, status)
    page = browser.sign_on(place.mode)
    assert 502 == page.status, page.text[:2000]
    assert page.error_code in ("provider_error", "resume_foreign_location")
    assert (0, False) == (provider.ledger.count("canary"), browser.signed_in)


@pytest.mark.parametrize("place", [place for place in PLACES if place.repeatable], ids=lambda place: place.endpoint)
@pytest.mark.parametrize("name", ["reset-before", "closed-before", "503"])
def test_questions_are_asked_again_once(browser: Browser, provider: Provider, place: Place, name: str) -> None:
    """A GET that met a fault is repeated once, and the visitor notices nothing."""
    provider.faults[place.endpoint] = http.once(BROKEN[name])
    page = browser.sign_on(place.mode)
    assert browser.signed_in, (page.status, page.text[:2000])


@_each({"203": http.right_body_status(203), "206": http.right_body_status(206)})
def test_right_words_under_a_wrong_status(browser: Browser, provider: Provider, place: Place, fault: Fault) -> None:
    """A body that reads well is not an answer under a status that was not agreed on."""
    provider.faults[place.endpoint] = fault
    page = browser.sign_on(place.mode)
    assert 502 == page.status, page.text[:1000]
    assert not browser.signed_in
    assert_clean_sign_on(browser, place.mode)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_connection_refused(browser: Browser, provider: Provider, place: Place) -> None:
    """PingOne goes away just before a call: 503, and everything is well once it is back."""
    before = {
        "jwks": "authorize",
        "check": "authorize",
        "resume": "check",
        "token": "",
        "par": "discovery",
        "authorize": "discovery",
        "flow": "authorize",
        "discovery": "",
    }[place.endpoint]
    if before:
        provider.vanish_after(before)
        page = browser.sign_on(place.mode)
    elif place.endpoint == "discovery":
        provider.server.down()
        page = browser.sign_on(place.mode)
    else:
        away = browser.get("/sign-on/hosted", follow=False)
        callback = browser._visit(away.headers["Location"], ()).headers["Location"]
        provider.server.down()
        page = browser.get(callback.removeprefix(browser.public_url))
    assert (503, "provider_unreachable") == (page.status, page.error_code), (page.trail, page.text[:2000])
    assert not browser.signed_in
    provider.return_()
    assert_clean_sign_on(browser, place.mode)


@pytest.mark.parametrize("place", [Place("token", "hosted", False), Place("check", "redirectless", False)], ids=str)
def test_idle_connections_cut_by_the_peer(browser: Browser, provider: Provider, place: Place) -> None:
    """Pooled connections that PingOne has closed meanwhile cost nobody a sign-on."""
    browser.sign_on(place.mode)
    provider.server.cut()
    page = browser.sign_on(place.mode)
    assert (200, 2) == (page.status, provider.ledger.count("token")), page.text[:2000]


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [("2", "2"), ("3600", "3600"), ("999999999", "3600"), ("-1", None), ("soon", None), ("\u0663", None)],
)
@pytest.mark.parametrize("place", [Place("token", "hosted", False)], ids=str)
def test_retry_after_is_passed_on(
    browser: Browser, provider: Provider, place: Place, said: str, passed_on: str
) -> None:
    """PingOne's rate limit becomes ours: 503 with the same patience, within bounds, and no hot loop."""
    header = said.encode().decode("latin-1")
    provider.faults["token"] = http.status(429, ("Retry-After", header))
    page = browser.sign_on("hosted")
    assert (503, passed_on) == (page.status, page.headers.get("Retry-After")), page.text[:1000]
    assert 1 == provider.ledger.count("token")


@pytest.mark.parametrize("place", [Place("jwks", "hosted", True)], ids=str)
def test_bombs_cost_no_memory(browser: Browser, provider: Provider, place: Place) -> None:
    """Two hundred megabytes that arrive as two hundred kilobytes are never unpacked."""
    browser.sign_on("hosted")
    provider.faults["token"] = http.gzip_bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    browser.sign_on("hosted")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * MEGABYTES


def test_name_that_does_not_resolve(make_browser, provider: Provider) -> None:
    """A PingOne that DNS does not know is unreachable; pages of ours still show."""
    browser = make_browser(PINGONE_AUTH_BASE_URL="https://auth.pingone.invalid/env")
    page = browser.start("hosted")
    assert (503, "provider_unreachable") == (page.status, page.error_code)
    assert 200 == browser.get("/").status
