"""Two strangers in two browsers in front of one public demonstration."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.live_server import LiveServer
from tests.support.visitor import Visitor


@pytest.fixture
def strangers(chromium_browser: Browser, tmp_path: Path) -> Iterator[tuple[Visitor, Visitor]]:
    """Each with cookies of their own."""
    with LiveServer(tmp_path, SIMULATOR="public") as at:
        contexts = [chromium_browser.new_context() for _ in range(2)]
        yield Visitor(contexts[0], at), Visitor(contexts[1], at)
        for context in contexts:
            context.close()


@pytest.mark.browser
def test_they_notice_nothing_of_each_other(strangers: tuple[Visitor, Visitor]) -> None:
    """One locks a user, reads passcodes, breaks tokens and starts over; the other signs on as if alone."""
    ann, bob = strangers
    ann.begin("redirectless")
    for _ in range(5):
        ann.give("sharedTestUser", "wrong")
    ann.begin("hosted")
    ann.give("sharedTestUser")
    expect(ann.page.locator("[data-error-code=refused]")).to_be_visible()

    ann.visit("/simulator/faults?mode=until-cleared")
    ann.press("Until cleared: Wrong nonce")
    ann.begin("redirectless")
    ann.give("mfaTestUser")
    ann.page.get_by_role("radio").first.check()
    ann.press("Continue")
    assert 1 == ann.visit("/simulator/inbox").locator(".passcode").count()

    for mode in ("custom", "redirectless"):
        bob.begin(mode, "?prompt=login")
        bob.give("sharedTestUser")
        bob.page.wait_for_url("**/session")
    assert 0 == bob.visit("/simulator/inbox").locator(".passcode").count()

    ann.visit("/simulator/")
    ann.press("Start over")
    ann.begin("redirectless")
    ann.give("sharedTestUser")
    ann.page.wait_for_url("**/session")
