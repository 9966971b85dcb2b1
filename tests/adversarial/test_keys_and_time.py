"""Metadata, keys and clocks over the hours that an application runs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import provider_faults
from tests.support import provider_wire as wire
from tests.support.provider import Provider
from tests.support.provider_keys import key
from tests.support.relying_party import Browser

HOUR = 3600.0


class Clock:
    """The application's clock, which a test sets; the provider keeps real time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def _settled() -> None:
    """Wait for background fetches, which are threads of that name."""
    for thread in threading.enumerate():
        if thread.name == "metadata":
            thread.join(10)


def _crowd(browser: Browser, size: int) -> list[Browser]:
    return [Browser(browser.client.application, browser.public_url, browser.provider) for _ in range(size)]


def test_start_while_pingone_is_away(make_browser, provider: Provider) -> None:
    """The application starts, is alive, serves its pages, says so once that is known, and signs on as soon as PingOne
    is there."""
    provider.server.down()
    browser = make_browser(deadline=0.4)
    assert (200, 200) == (browser.get("/healthz").status, browser.get("/").status)
    assert 503 == browser.sign_on("hosted").status
    assert '"pingone":"gave no answer lately"' in browser.get("/readyz").text
    provider.return_()
    assert 200 == browser.sign_on("hosted").status
    assert '"failing":{}' in browser.get("/readyz").text


@pytest.mark.parametrize("what", ["discovery", "jwks"])
def test_outage_with_a_warm_cache(make_browser, provider: Provider, what: str) -> None:
    """Two hours later, with metadata or keys out of order at PingOne, sign-on goes on with what is known."""
    clock = Clock()
    browser = make_browser(now=clock, deadline=0.4)
    browser.sign_on("hosted")
    provider.faults[what] = wire.reset_before
    clock.ahead = 2 * HOUR
    provider.tamper("id_token", iat=int(clock()), exp=int(clock() + HOUR), auth_time=int(clock()))
    assert 200 == browser.sign_on("hosted").status
    _settled()
    assert 200 == browser.sign_on("hosted").status
    _settled()


@pytest.mark.parametrize("what", ["discovery", "jwks"])
@pytest.mark.parametrize("code", [203, 404, 503])
def test_the_right_document_under_another_status(browser: Browser, provider: Provider, what: str, code: int) -> None:
    """What does not come with 200 is not the document, however right it looks; it is not kept either."""
    provider.faults[what] = provider_faults.right_body_status(code)
    assert (502, False) == (browser.sign_on("hosted").status, browser.signed_in)
    provider.faults.clear()
    assert 200 == browser.sign_on("hosted").status


def test_metadata_are_refreshed_early(make_browser, provider: Provider) -> None:
    """After their lifetime both are fetched again, behind the visitor's back."""
    clock = Clock()
    browser = make_browser(now=clock)
    browser.sign_on("hosted")
    clock.ahead = 2 * HOUR
    provider.tamper("id_token", iat=int(clock()), exp=int(clock() + HOUR))
    assert 200 == browser.sign_on("hosted").status
    _settled()
    assert (2, 2) == (provider.ledger.count("discovery"), provider.ledger.count("jwks"))


def test_foreign_metadata_do_not_replace_good_ones(make_browser, provider: Provider) -> None:
    """A document that turns foreign later is not believed either; the old one serves."""
    clock = Clock()
    browser = make_browser(now=clock)
    browser.sign_on("hosted")
    provider.tamper("discovery", issuer="https://evil.example/as", token_endpoint=provider.canary)
    clock.ahead = 2 * HOUR
    provider.tamper("id_token", iat=int(clock()), exp=int(clock() + HOUR))
    for _ in range(2):
        assert 200 == browser.sign_on("hosted").status
        _settled()
    assert 0 == provider.ledger.count("canary")


def test_unknown_key_while_the_key_set_is_down(browser: Browser, provider: Provider) -> None:
    """Rotated at PingOne, key set unreachable: 502 or 503 now, and the next sign-on after the repair succeeds."""
    browser.sign_on("hosted")
    provider.signing_key = key("second")
    provider.faults["jwks"] = wire.reset_before
    assert browser.sign_on("hosted").status in (502, 503)
    provider.reset()
    assert 200 == browser.sign_on("hosted").status


def test_cold_start_meets_a_crowd(browser: Browser, provider: Provider) -> None:
    """Sixteen first visitors at once cost one discovery and one key set."""
    provider.faults["discovery"] = wire.late(0.2)
    with ThreadPoolExecutor(16) as pool:
        pages = list(pool.map(lambda each: each.sign_on("hosted"), _crowd(browser, 16)))
    assert [200] * 16 == [page.status for page in pages]
    assert (1, 1) == (provider.ledger.count("discovery"), provider.ledger.count("jwks"))


def test_rotation_meets_a_crowd(browser: Browser, provider: Provider) -> None:
    """Sixteen sign-ons with a new key at once: one or two fetches in all, and everybody is signed on."""
    browser.sign_on("hosted")
    provider.ledger.clear()
    provider.signing_key = key("second")
    with ThreadPoolExecutor(16) as pool:
        pages = list(pool.map(lambda each: each.sign_on("hosted"), _crowd(browser, 16)))
    assert [200] * 16 == [page.status for page in pages]
    assert provider.ledger.count("jwks") in (1, 2)


@pytest.mark.parametrize(("ahead", "status"), [(-25, 200), (25, 200), (-300, 502), (7200, 502)])
def test_clocks_that_differ(make_browser, provider: Provider, ahead: int, status: int) -> None:
    """Half a minute of difference is forgiven; beyond, the page names the claim that shows it."""
    clock = Clock()
    clock.ahead = ahead
    browser = make_browser(now=clock)
    page = browser.sign_on("hosted")
    assert (status, "" if status == 200 else "id_token_claim") == (page.status, page.error_code)


def test_clock_that_jumps_back(make_browser, provider: Provider) -> None:
    """An application whose clock is set back by an hour still signs on and off."""
    clock = Clock()
    clock.ahead = HOUR
    browser = make_browser(now=clock)
    provider.tamper("id_token", iat=int(clock()), exp=int(clock() + HOUR))
    assert 200 == browser.sign_on("hosted").status
    provider.reset()
    clock.ahead = 0
    assert 200 == browser.sign_on("hosted").status
    browser.post("/sign-off")
    assert not browser.signed_in


def test_slow_pingone_leaves_other_pages_alone(make_browser, provider: Provider) -> None:
    """While forty sign-ons hang at PingOne, pages that need nothing from it are served."""
    browser = make_browser(deadline=1.0)
    browser.sign_on("hosted")
    provider.faults["token"] = wire.late(wire.SLOW)
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(each.sign_on, "hosted") for each in _crowd(browser, 40)]
        other = Browser(browser.client.application, browser.public_url, provider)
        seen = [other.get(path).status for path in ("/", "/checks", "/healthz")]
        assert browser.signed_in
        assert [200, 200, 200] == seen
        assert {503} >= {each.result().status for each in waiting}
    provider.reset()
    assert_recovers(browser)


def assert_recovers(browser: Browser) -> None:
    """The circuit closes by itself: within its cooldown of five seconds a sign-on works again."""
    for _ in range(100):
        if browser.sign_on("hosted").status == 200:
            return
        threading.Event().wait(0.1)
    raise AssertionError("the circuit stays open")
