"""A step of a flow that is overtaken: another tab ends the attempt while PingOne is still answering."""

import pytest

from tests.support.provider import Provider
from tests.support.provider_answers import PASSWORD
from tests.support.provider_tokens import USERNAME
from tests.support.relying_party import Browser, Page


def _overtaken_step(browser: Browser, provider: Provider) -> Page:
    """Send the password; while PingOne looks at it, the attempt is used up by somebody quicker."""
    form = browser.start("redirectless")
    handle = form.trail[-1].rpartition("/")[2].partition("?")[0]
    cookie = browser.client.get_cookie(f"so.{handle}")
    assert cookie is not None
    pending = browser.client.application.extensions["services"].sign_on.attempts
    provider.before["check"] = lambda: pending.take(handle, cookie.value)
    entered = {"username": USERNAME, "password": PASSWORD, "action": "usernamePassword.check"}
    return browser.post(f"/sign-on/step/{handle}", entered, follow=False)


@pytest.mark.parametrize("status", ["COMPLETED", "OTP_REQUIRED"])
def test_an_attempt_that_is_used_up_meanwhile_stays_used_up(browser: Browser, provider: Provider, status: str) -> None:
    """Whatever PingOne answers then, it is too late: nothing is resumed, nothing redeemed, nobody signed on."""
    provider.tamper("check", status=status)
    page = _overtaken_step(browser, provider)
    assert 1 == provider.ledger.count("check"), page.text[:1000]
    assert (400, "sign_on_unknown") == (page.status, page.error_code), page.text[:1000]
    assert (0, 0) == (provider.ledger.count("resume"), provider.ledger.count("token"))
    assert not browser.signed_in
