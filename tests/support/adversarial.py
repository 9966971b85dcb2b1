"""How an adversarial case is judged, and the table of what was found.

After a poisoned answer four things must hold: no further call that builds on it, one documented status on a plain
page that no cache keeps, no session and no second chance for the attempt, and none of the planted secrets in the
page or the log. A clean sign-on afterwards shows that nothing of the poison stayed behind.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from tests.support.provider import Provider
from tests.support.provider_answers import PASSWORD
from tests.support.relying_party import MODES, Browser, Page

Poison = Callable[[Provider], None]


@dataclass(frozen=True)
class Row:
    """One row of a table: what is poisoned and what the application is expected to say."""

    id: str
    poison: Poison
    code: str = ""
    status: int = 502
    silent: tuple[str, ...] = ()
    modes: tuple[str, ...] = MODES


def each_mode(rows: Iterable[Row]) -> pytest.MarkDecorator:
    """Parametrise a test over rows and the modes in which they apply; ids read `A02-iss-hosted`."""
    params = [pytest.param(row, mode, id=f"{row.id}-{mode}") for row in rows for mode in row.modes]
    return pytest.mark.parametrize(("row", "mode"), params)


@dataclass
class Witness:
    """Everything that was printed or logged so far; `read` returns it and keeps it."""

    caplog: pytest.LogCaptureFixture
    capfd: pytest.CaptureFixture[str]
    seen: str = ""

    def read(self) -> str:
        """All log lines and all output."""
        out, err = self.capfd.readouterr()
        self.seen += out + err
        return self.seen + self.caplog.text


def secrets_of(provider: Provider, text: str) -> list[str]:
    """The planted secrets that a text gives away, the verifiers that the provider was sent among them."""
    verifiers = {call.params.get("code_verifier", "") for call in provider.ledger.of("token")} - {""}
    known = provider.planted | verifiers | {PASSWORD, "planted-client-secret"}
    # The signature alone would be enough to recognise a token by, and its first part starts every other token.
    parts = {secret.rsplit(".", 1)[-1] if secret.count(".") == 2 else secret for secret in known}
    return sorted(part for part in parts if len(part) > 8 and part in text)


def assert_refused(browser: Browser, page: Page, row: Row, witness: Witness) -> None:
    """The four conditions, then the positive control. `page` is where the poisoned sign-on ended."""
    provider = browser.provider
    assert [] == [name for name in row.silent if provider.ledger.count(name)], provider.ledger.endpoints
    assert (row.status, row.code) == (page.status, page.error_code), page.text[:3000]
    assert "no-store" in page.headers.get("Cache-Control", "")
    assert not browser.signed_in
    assert [] == secrets_of(provider, page.text + witness.read())
    assert_consumed(browser, page)
    assert provider.complaints == []


def assert_refused_at_the_start(browser: Browser, row: Row, witness: Witness, mode: str) -> None:
    """Poisoned before it begins, a sign-on ends where it began: the browser is not sent away."""
    row.poison(browser.provider)
    page = browser.sign_on(mode)
    assert 1 == len(page.trail), "the browser was sent away"
    assert_refused(browser, page, row, witness)
    assert_clean_sign_on(browser, mode)


def assert_consumed(browser: Browser, page: Page) -> None:
    """Whatever address the browser was led through, going there again redeems nothing and signs nobody in."""
    calls = len(browser.provider.ledger.of("token"))
    for url in page.trail:
        if url.startswith(f"{browser.public_url}/callback"):
            again = browser.get(url.removeprefix(browser.public_url), follow=False)
            assert 400 <= again.status < 500, again.text[:2000]
    assert calls == len(browser.provider.ledger.of("token"))
    assert not browser.signed_in


def assert_clean_sign_on(browser: Browser, mode: str) -> None:
    """The positive control: the provider is honest again, and the same browser signs on."""
    provider = browser.provider
    provider.reset()
    page = browser.sign_on(mode)
    if page.status == 503:  # A deadline that a test has made short meets a machine that is busy: once more.
        page = browser.sign_on(mode)
    assert browser.signed_in, (page.status, page.trail, page.text[:3000])
    assert browser.provider.complaints == []
