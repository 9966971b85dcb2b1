"""Every single call of a sign-on, a refresh and a sign-off fails once, each in a run of its own.

Afterwards there is a whole session or none, whatever was told is true, and a clean sign-on works.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support import provider_wire
from tests.support.provider import Provider
from tests.support.relying_party import MODES, Browser, Page
from webapp.store.memory import MemoryStore
from webapp.store.protocol import StoreUnavailable

Act = Callable[[Browser], Page]
OFTEN = 40
"""More calls than any of these acts makes."""


class NthFault(dict[str, Any]):
    """A fault for the n-th call of the application, whichever endpoint that is; the browser's own calls go through."""

    def __init__(self, nth: int, exempt: set[str]) -> None:
        super().__init__()
        self.nth, self.exempt, self.made = nth, exempt, 0

    def get(self, endpoint: str, default: Any = None) -> Any:
        if endpoint in self.exempt:
            return default
        self.made += 1
        # GET is tried twice: only when both attempts fail does the application see anything.
        return provider_wire.reset_before if self.made in (self.nth, self.nth + 1) else default


def _sessions(site: Site) -> int:
    return len([name for name in site.store.store._records if name.startswith("session:")])


def _issued(provider: Provider) -> set[str]:
    return set(provider._answers.refresh_tokens)


def _given_back(provider: Provider) -> set[str]:
    return {call.params["token"] for call in provider.ledger.of("revoke")}


def assert_whole(site: Site, browser: Browser, page: Page, mode: str) -> None:
    """No answer of ours was an unhandled fault, there is no half session, and the way from here is open."""
    assert page.status in (200, 400, 401, 502, 503), page.text[:2000]
    assert (1 if browser.signed_in else 0) == _sessions(site)
    if page.status == 200 and page.trail[-1].endswith("/session"):
        assert browser.signed_in
    if browser.signed_in:
        assert 200 == browser.post("/session/userinfo").status
        browser.post("/sign-off")
    assert (False, 0) == (browser.signed_in, _sessions(site))
    browser.sign_on(mode)
    assert (True, 1) == (browser.signed_in, _sessions(site))
    assert [] == site.provider.complaints


def fail_each_store_call(site: Site, prepare: Act, act: Act) -> Iterator[tuple[Browser, Page]]:
    """Run `prepare` and `act` again and again, in each run with the next store call of `act` failing."""
    app = site.app()
    for nth in count(1):
        assert nth < OFTEN
        site.provider.reset()
        site.store.store = MemoryStore(site.clock)
        browser = site.browser(app)
        prepare(browser)
        site.store.calls.clear()

        def fail(call: str, nth: int = nth) -> None:
            if len(site.store.calls) == nth:
                raise StoreUnavailable(f"lost at {call}")

        site.store.before = fail
        page = act(browser)
        site.store.before = lambda call: None
        made = len(site.store.calls)
        yield browser, page
        if made < nth:
            return


def fail_each_outbound_call(site: Site, prepare: Act, act: Act, exempt: set[str]) -> Iterator[tuple[Browser, Page]]:
    """The same for the calls to PingOne, those for metadata and keys included."""
    for nth in count(1):
        assert nth < OFTEN
        site.provider.reset()
        site.store.store = MemoryStore(site.clock)
        browser = site.browser(site.app())
        prepare(browser)
        faults = site.provider.faults = NthFault(nth, exempt)
        page = act(browser)
        site.provider.faults = {}
        yield browser, page
        if faults.made < nth:
            return


def _nothing(browser: Browser) -> Page:
    return Page(200, "", {})


@pytest.mark.parametrize("mode", MODES)
def test_each_store_call_of_a_sign_on(site: Site, provider: Provider, mode: str) -> None:
    """Tokens that found no session are given back, too."""
    for browser, page in fail_each_store_call(site, _nothing, lambda browser: browser.sign_on(mode)):
        if not browser.signed_in:
            assert _issued(provider) == _given_back(provider)
        assert_whole(site, browser, page, mode)


@pytest.mark.parametrize("mode", MODES)
def test_each_outbound_call_of_a_sign_on(site: Site, mode: str) -> None:
    """Discovery, keys, the flow, resume and the token endpoint."""
    exempt = set() if mode == "redirectless" else {"authorize"}
    runs = 0
    for browser, page in fail_each_outbound_call(site, _nothing, lambda browser: browser.sign_on(mode), exempt):
        runs += 1
        assert_whole(site, browser, page, mode)
    # The last run met no fault; the others one each.
    assert {"hosted": 3, "redirectless": 6, "custom": 6}[mode] <= runs - 1


def _signed_on(browser: Browser) -> Page:
    page = browser.sign_on("hosted")
    assert browser.signed_in
    return page


@pytest.mark.parametrize("path", ["/session/refresh", "/session/userinfo", "/sign-off"])
def test_each_store_call_afterwards(site: Site, path: str) -> None:
    """The session is as it was, renewed, or over."""
    for browser, page in fail_each_store_call(site, _signed_on, lambda browser: browser.post(path)):
        assert_whole(site, browser, page, "hosted")


@pytest.mark.parametrize("path", ["/session/refresh", "/session/userinfo", "/sign-off"])
def test_each_outbound_call_afterwards(site: Site, path: str) -> None:
    """The same; and sign-off stands whatever PingOne does."""
    for browser, page in fail_each_outbound_call(site, _signed_on, lambda browser: browser.post(path), {"signoff"}):
        if path == "/sign-off":
            assert not browser.signed_in
        assert_whole(site, browser, page, "hosted")


def test_sign_off_is_complete_whichever_call_fails(site: Site, provider: Provider) -> None:
    """The cookie is taken, the record removed by another try, and the refresh token given back."""
    for browser, page in fail_each_store_call(site, _signed_on, lambda b: b.post("/sign-off", follow=False)):
        assert (303, False, 0) == (page.status, "session" in cookie_values(browser), _sessions(site))
        assert _issued(provider) == _given_back(provider)
