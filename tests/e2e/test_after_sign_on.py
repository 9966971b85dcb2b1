"""What an application does after sign-on, as a person meets it: guards, step-up, an API, sessions elsewhere."""

from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import expect

from tests.support.examination import faults
from tests.support.visitor import ONWARD, MakeVisitor, Visitor


def second_factor(visitor: Visitor, username: str = "sharedTestUser") -> None:
    """Choose a device and type the passcode, whoever draws the forms."""
    visitor.page.get_by_role("radio").first.check()
    visitor.press(ONWARD)
    expect(visitor.field("Passcode")).to_be_visible()
    visitor.field("Passcode").fill(visitor.passcode(username))
    visitor.press(ONWARD)


def test_a_page_for_members(make_visitor: MakeVisitor) -> None:
    """A visitor signs on and is there; a person without the group is told what is missing, and stays signed on."""
    member, other = make_visitor(), make_visitor()
    for visitor, username in ((member, "sharedTestUser"), (other, "namelessTestUser")):
        visitor.visit("/members")
        visitor.give(username)
    member.arrives("/members")
    expect(member.page.get_by_role("heading", name="For members", level=1)).to_be_visible()
    assert "access_refused" == other.refused_with
    expect(other.page.get_by_text("The claim is missing altogether")).to_be_visible()
    assert [] == faults(other.page)
    assert other.session()["signed_in"]


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_a_half_filled_form_survives_a_step_up(visitor: Visitor, mode: str) -> None:
    """While it is filled in, another tab signs on without the second factor: it is asked for, and the form is back."""
    visitor.sign_on(mode)
    visitor.visit("/transfer?confirm=1")
    if mode == "redirectless":
        visitor.give("sharedTestUser")
    second_factor(visitor)
    visitor.arrives("/transfer")
    visitor.field("To").fill("Jo")
    visitor.field("Amount").fill("19.90")
    form, visitor.page = visitor.page, visitor.context.new_page()
    visitor.visit("/sign-on/redirectless")
    visitor.give("sharedTestUser")
    visitor.arrives("/session")
    visitor.page = form
    visitor.press("Transfer")
    expect(visitor.page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    assert [] == faults(visitor.page)
    visitor.page.get_by_role("link", name="Continue").click()
    visitor.give("sharedTestUser")
    second_factor(visitor)
    visitor.arrives("/transfer")
    assert ("Jo", "19.90") == (visitor.field("To").input_value(), visitor.field("Amount").input_value())
    assert [] == faults(visitor.page)
    visitor.press("Transfer")
    expect(visitor.page.get_by_text("19.90 to Jo: done")).to_be_visible()


def test_orders_come_with_the_scope_that_they_need(visitor: Visitor) -> None:
    """Hosted, PingOne knows the visitor: nothing is asked, and the orders are there."""
    visitor.sign_on("hosted")
    visitor.visit("/orders?confirm=1")
    visitor.arrives("/orders")
    expect(visitor.page.get_by_role("cell", name="A kettle")).to_be_visible()
    assert [] == faults(visitor.page)
    visitor.visit(f"/traces/{visitor.session()['trace']}")
    expect(visitor.page.get_by_text("Call an API for the visitor").first).to_be_visible()
    assert [] == faults(visitor.page)


def test_a_session_that_was_ended_elsewhere_is_told(make_visitor: MakeVisitor) -> None:
    """Two browsers: one ends the other's session, whose next page says so."""
    here, there = make_visitor(), make_visitor()
    for visitor in (here, there):
        visitor.sign_on("redirectless", "agreementTestUser")  # Nobody else in this suite counts their sessions.
    here.visit("/session/others")
    expect(here.page.get_by_text("This one")).to_be_visible()
    assert [] == faults(here.page)
    here.press("End all others")
    expect(here.page.get_by_role("status")).to_contain_text("ended")
    there.visit("/session")
    expect(there.page.get_by_text("You ended this session yourself")).to_be_visible()
    assert "session_ended" == there.refused_with
    there.visit("/")
    assert (True, False) == (here.session()["signed_in"], there.session()["signed_in"])


@pytest.fixture
def choose_fault(visitor: Visitor) -> Iterator[Callable[[str], None]]:
    """Chooses what goes wrong at the simulator, and sets it right afterwards."""
    address = f"{visitor.at.simulator}/faults"
    yield lambda name: requests.post(
        address, json={"fault": name, "mode": "until-cleared"}, timeout=10
    ).raise_for_status()
    requests.post(address, json={"clear": True}, timeout=10).raise_for_status()


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("access_is_id_token", "token_not_accepted", "invalid_token"),
        ("access_audience_wrong", "token_not_accepted", "invalid_token"),
        ("access_issuer_wrong", "token_not_accepted", "invalid_token"),
        ("access_expired", "token_not_accepted", "invalid_token"),
        ("access_scope_missing", "access_refused", "insufficient_scope"),
    ],
)
def test_what_the_api_refuses_is_told(
    visitor: Visitor, choose_fault: Callable[[str], None], fault: str, code: str, words: str
) -> None:
    """A token that the API does not accept ends on a page with the API's own word, and the session stays."""
    choose_fault(fault)
    visitor.sign_on("hosted")
    visitor.visit("/orders?confirm=1")
    assert code == visitor.refused_with
    expect(visitor.page.get_by_text(words).first).to_be_visible()
    assert [] == faults(visitor.page)
    assert visitor.session()["signed_in"]
