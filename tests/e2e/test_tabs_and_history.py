"""Tabs that sign on side by side, the back button, reloads: what people do and protocols forget."""

import pytest
from playwright.sync_api import expect

from tests.support.visitor import MakeVisitor, Visitor
from webapp.simulator import PASSWORD


@pytest.mark.parametrize("mode", ["hosted", "custom"])
def test_two_tabs_finish_in_reverse_order(visitor: Visitor, mode: str) -> None:
    """Two sign-ons that began in one browser both end, the later one first."""
    visitor.begin(mode)
    first = visitor.page
    visitor.page = visitor.context.new_page()
    visitor.begin(mode)
    visitor.give("sharedTestUser")
    visitor.arrives("/session")
    visitor.page = first
    visitor.give("profileTestUser")
    visitor.go_on("profileTestUser")
    visitor.arrives("/session")
    assert visitor.session()["claims"]["preferred_username"] == "profileTestUser"


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_back_after_sign_on(visitor: Visitor, mode: str) -> None:
    """Back from the session leads to no form that could be sent again with success, and the session stands."""
    visitor.sign_on(mode)
    visitor.page.go_back()
    assert "/callback" not in visitor.page.url
    assert visitor.session()["signed_in"]
    visitor.visit("/session")
    visitor.arrives("/session")


@pytest.mark.parametrize("mode", ["hosted", "custom"])
def test_back_after_sign_off(visitor: Visitor, mode: str) -> None:
    """Back from the signed-off page shows nothing of the person who left."""
    visitor.sign_on(mode)
    visitor.sign_off()
    visitor.page.go_back()
    expect(visitor.page.get_by_role("link", name="How it works").first).to_be_visible()
    assert "Shared Test User" not in visitor.page.content()
    assert {"signed_in": False} == visitor.session()


def test_a_kept_page_is_blank_after_sign_off(make_visitor: MakeVisitor) -> None:
    """A page that the browser kept whole is blank while it is away, and is asked for again when it comes back.

    Not every browser obeys no-store on plain http; here the events of the page cache are made by hand.
    """
    visitor = make_visitor()
    visitor.sign_on("hosted")
    page = visitor.page
    page.wait_for_load_state()  # The browser's own pageshow comes with it.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(page.get_by_role("main")).to_be_hidden()
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.get_by_role("main")).to_be_visible()
    visitor.visit("/how-it-works")
    page.go_back()
    expect(page.get_by_role("main")).to_be_visible()


def test_callback_a_second_time(visitor: Visitor) -> None:
    """A reload of the callback of a finished sign-on leads to the session that it made."""
    callbacks: list[str] = []
    visitor.page.on("request", lambda request: callbacks.append(request.url) if "/callback?" in request.url else None)
    visitor.sign_on("hosted")
    visitor.visit(callbacks[0])
    visitor.arrives("/session")
    assert visitor.session()["signed_in"]


def test_callback_a_second_time_after_sign_off(visitor: Visitor) -> None:
    """After sign-off the same callback signs nobody on, and says why."""
    callbacks: list[str] = []
    visitor.page.on("request", lambda request: callbacks.append(request.url) if "/callback?" in request.url else None)
    visitor.sign_on("hosted")
    visitor.sign_off()
    visitor.visit(callbacks[0])
    assert visitor.refused_with in ("sign_on_unknown", "sign_on_other_browser")
    assert {"signed_in": False} == visitor.session()


def test_form_reloaded(visitor: Visitor) -> None:
    """A reload of our form asks nothing to be sent again and keeps the flow."""
    visitor.begin("custom")
    visitor.page.reload()
    visitor.give("mfaTestUser")
    visitor.page.get_by_role("heading", name="Choose a device").wait_for()
    visitor.page.wait_for_load_state("networkidle")  # Chromium refuses to reload a page that is still being put up.
    visitor.page.reload()
    visitor.go_on("mfaTestUser")
    visitor.arrives("/session")


def test_form_of_a_finished_sign_on(visitor: Visitor) -> None:
    """The form left in another tab leads to the session that it made; after sign-off it says that it is over."""
    visitor.begin("redirectless")
    form = visitor.page.url
    visitor.give("sharedTestUser")
    visitor.arrives("/session")
    visitor.visit(form)
    visitor.arrives("/session")
    visitor.sign_off()
    visitor.visit(form)
    assert visitor.refused_with in ("sign_on_unknown", "sign_on_other_browser")
    assert {"signed_in": False} == visitor.session()


def test_another_browser_gets_the_callback_first(make_visitor: MakeVisitor) -> None:
    """A link scanner that opens the callback of somebody else's sign-on uses nothing up."""
    owner, stranger = make_visitor(), make_visitor()
    owner.begin("hosted")
    callback = _answer(owner)
    stranger.visit(callback)
    assert stranger.refused_with == "sign_on_other_browser"
    assert {"signed_in": False} == stranger.session()
    owner.visit(callback)
    owner.arrives("/session")


def test_another_browser_opens_the_form(make_visitor: MakeVisitor) -> None:
    """The address of our form is worth nothing in another browser, and its owner can go on."""
    owner, stranger = make_visitor(), make_visitor()
    owner.begin("custom")
    stranger.visit(owner.page.url)
    assert stranger.refused_with == "sign_on_other_browser"
    assert {"signed_in": False} == stranger.session()
    owner.give("sharedTestUser")
    owner.arrives("/session")


def test_the_two_names_of_this_computer(visitor: Visitor) -> None:
    """Whoever opens 127.0.0.1 is brought to localhost, where the sign-on will end: the two share no cookies."""
    strayed = visitor.at.application.replace("localhost", "127.0.0.1")
    visitor.visit(f"{strayed}/checks?from=bookmark")
    assert visitor.page.url == f"{visitor.at.application}/checks?from=bookmark"
    visitor.visit(f"{strayed}/sign-on/redirectless")
    visitor.give("sharedTestUser")
    visitor.arrives("/session")


def test_blocked_cookies_are_named(visitor: Visitor) -> None:
    """A browser that kept no cookie is told about cookies, not about a mysterious state."""
    visitor.begin("redirectless")
    form = visitor.page.url
    visitor.context.clear_cookies()
    visitor.visit(form)
    assert visitor.refused_with == "sign_on_other_browser"
    assert "cookie" in visitor.page.get_by_role("main").inner_text().lower()


def _answer(visitor: Visitor) -> str:
    """Go through PingOne's form without a window, up to the callback's address, and do not open that."""
    form = {"action": "usernamePassword.check", "username": "sharedTestUser", "password": PASSWORD}
    resume = visitor.context.request.post(visitor.page.url, form=form, max_redirects=0).headers["location"]
    return visitor.context.request.get(resume, max_redirects=0).headers["location"]
