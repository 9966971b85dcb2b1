"""Each mode signs a visitor on and off again, with JavaScript and without."""

import pytest

from tests.support.visitor import MODES, Visitor


@pytest.mark.parametrize("mode", MODES)
def test_sign_on_and_off(either_visitor: Visitor, mode: str) -> None:
    """From the home page through the form to the session, and back to nobody."""
    visitor = either_visitor
    visitor.visit("/")
    visitor.page.locator(f"main a[href^='/sign-on/{mode}']").first.click()
    visitor.give("sharedTestUser")
    visitor.arrives("/session")
    session = visitor.session()
    assert (mode, "sharedTestUser") == (session["mode"], session["claims"]["preferred_username"])
    assert visitor.page.get_by_role("heading", level=1).inner_text() == "Shared Test User"
    visitor.sign_off()
    assert visitor.session() == {"signed_in": False}


@pytest.mark.parametrize("mode", MODES)
def test_lands_where_the_visitor_wanted_to_go(visitor: Visitor, mode: str) -> None:
    """`return_to` survives the journey, and nothing but it stays in the address."""
    visitor.begin(mode, "?return_to=/checks")
    visitor.give("sharedTestUser")
    visitor.arrives("/checks")
    assert visitor.page.url == f"{visitor.at.application}/checks"


def test_hosted_mode_leaves_a_single_sign_on(visitor: Visitor) -> None:
    """The browser holds PingOne's session, so the second sign-on asks nothing; after sign-off it asks again."""
    visitor.sign_on("hosted")
    visitor.visit("/sign-on/hosted")
    visitor.arrives("/session")
    visitor.sign_off()
    visitor.begin("hosted")


def test_server_driven_modes_leave_no_single_sign_on(visitor: Visitor) -> None:
    """PingOne's session stayed with our server, so the next sign-on asks again, whatever its mode."""
    visitor.sign_on("custom")
    for mode in MODES:
        visitor.begin(mode)
