"""A flow that has failed before anybody took a step."""

import pytest

from tests.support.provider import Provider
from tests.support.relying_party import Browser


@pytest.mark.parametrize("mode", ["redirectless", "custom"])
def test_a_flow_that_begins_as_a_failure_is_told_as_one(browser: Browser, provider: Provider, mode: str) -> None:
    """PingOne's reason is shown instead of a form that leads nowhere; nothing is resumed, and nobody is signed on."""
    provider.tamper("flow", status="FAILED", error={"code": "NO_AUTHENTICATION_POLICY", "message": "planted-words"})
    page = browser.start(mode)
    assert "refused" == page.error_code, (page.status, page.trail, page.text[:1000])
    assert "NO_AUTHENTICATION_POLICY" in page.text
    assert (0, 0) == (provider.ledger.count("resume"), provider.ledger.count("token"))
    assert not browser.signed_in


def test_a_failure_leaves_nothing_to_come_back_to(browser: Browser, provider: Provider) -> None:
    """The first answer is the refusal: no step page stands between, and no attempt waits for a step."""
    provider.tamper("flow", status="FAILED", error={"code": "NO_AUTHENTICATION_POLICY", "message": "no"})
    page = browser.get("/sign-on/redirectless", follow=False)
    assert "refused" == page.error_code, (page.status, page.headers.get("Location"))
