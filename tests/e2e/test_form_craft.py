"""Our form, as a person meets it: a wrong password, a wrong code, a keyboard and nothing else."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.visitor import NEW_PASSWORD, ONWARD, Visitor
from webapp.simulator import PASSWORD


def test_wrong_password(either_visitor: Visitor) -> None:
    """The same form of the same flow comes back: the reason takes focus, the name stays, the password is gone."""
    visitor = either_visitor
    visitor.begin("custom")
    form = visitor.path
    visitor.give("sharedTestUser", "not this one")
    summary = visitor.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    assert form == visitor.path
    assert ("sharedTestUser", "") == (visitor.field("User name").input_value(), visitor.field("Password").input_value())
    assert visitor.page.title().startswith("Error: ")
    visitor.field("Password").fill(PASSWORD)
    visitor.press("Sign on")
    visitor.arrives("/session")


def test_never_says_which_of_the_two_was_wrong(visitor: Visitor) -> None:
    """A user who does not exist and a wrong password read the same."""
    said = []
    visitor.begin("custom")
    for username in ("nobodyOfThatName", "sharedTestUser"):
        visitor.give(username, "not this one")
        expect(visitor.field("User name")).to_have_value(username)
        said.append(visitor.page.get_by_role("alert").inner_text())
    assert said[0] == said[1]
    visitor.give("sharedTestUser")  # Five failures in a row would lock the account for everybody's tests.
    visitor.arrives("/session")


def test_wrong_passcode(visitor: Visitor) -> None:
    """The refusal names the field and leads to it; the right code is accepted afterwards."""
    visitor.begin("redirectless")
    visitor.give("mfaTestUser")
    visitor.press(ONWARD)
    expect(visitor.field("Passcode")).to_be_visible()
    right = visitor.passcode("mfaTestUser")
    visitor.field("Passcode").fill("000000" if right != "000000" else "111111")
    visitor.press(ONWARD)
    summary = visitor.page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert visitor.field("Passcode").input_value() == ""
    assert visitor.field("Passcode").get_attribute("aria-invalid") == "true"
    summary.get_by_role("link").click()
    expect(visitor.field("Passcode")).to_be_focused()
    visitor.field("Passcode").fill(right)
    visitor.press(ONWARD)
    visitor.arrives("/session")


def test_new_password_that_breaks_the_policy(visitor: Visitor) -> None:
    """The policy is shown beforehand, and each rule that was broken is named; both passwords are emptied."""
    visitor.begin("custom")
    visitor.give("changeTestUser")
    expect(visitor.page.get_by_role("main")).to_contain_text("At least 8 characters")
    visitor.field("Current password").fill(PASSWORD)
    visitor.field("New password").fill("short")
    visitor.press(ONWARD)
    summary = visitor.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(re.compile("long|kind"))
    assert ("", "") == (
        visitor.field("Current password").input_value(),
        visitor.field("New password").input_value(),
    )
    visitor.field("Current password").fill(PASSWORD)
    visitor.field("New password").fill(NEW_PASSWORD)
    visitor.press(ONWARD)
    visitor.arrives("/session")


def test_forgotten_password(visitor: Visitor) -> None:
    """A recovery code from the inbox sets a new password and signs on."""
    visitor.begin("redirectless")
    visitor.press("Forgot your password?")
    visitor.field("User name").fill("sharedTestUser")
    visitor.press("Send a recovery code")
    visitor.field("Recovery code").fill(visitor.passcode("sharedTestUser"))
    visitor.field("New password").fill(NEW_PASSWORD)
    visitor.press("Set the new password")
    visitor.arrives("/session")


COUNT_AND_HOLD = """() => document.addEventListener("submit", (event) => {
  document.body.dataset.posts = Number(document.body.dataset.posts || 0) + !event.defaultPrevented;
  event.preventDefault();
})"""


def test_a_slow_answer_that_is_stopped(visitor: Visitor) -> None:
    """It is said that the answer is on its way; nothing is sent twice; who stops it can send it again."""
    visitor.begin("redirectless")
    visitor.page.evaluate(COUNT_AND_HOLD)
    body, status = visitor.page.locator("body"), visitor.page.locator("form [role=status]")
    visitor.give("sharedTestUser")
    visitor.press("Sign on")
    expect(status).to_contain_text("on its way")
    expect(body).to_have_attribute("data-posts", "1")
    visitor.page.keyboard.press("Escape")
    expect(status).to_contain_text("You can send it again")
    visitor.press("Sign on")
    expect(body).to_have_attribute("data-posts", "2")


def test_push(either_visitor: Visitor) -> None:
    """A page that waits for a phone goes on by itself once the phone has said yes, with script and without."""
    visitor = either_visitor
    visitor.begin("redirectless")
    visitor.give("mfaTestUser")
    visitor.page.get_by_role("radio", name=re.compile("Demo phone")).check()
    visitor.press(ONWARD)
    expect(visitor.page.get_by_role("status")).to_contain_text("Waiting")
    messages = visitor.context.request.get(f"{visitor.at.simulator}/inbox", headers={"Accept": "application/json"})
    push = next(each for each in messages.json()["messages"] if each["answerable"])
    visitor.context.request.post(f"{visitor.at.simulator}/inbox/{push['id']}", data={"answer": "approved"})
    visitor.arrives("/session")


def test_step_that_only_the_hosted_page_can_do(visitor: Visitor) -> None:
    """A security key is bound to PingOne's own page: the visitor is taken there and loses nothing."""
    visitor.begin("custom", "?return_to=/checks")
    visitor.give("mfaTestUser")
    visitor.page.get_by_role("radio", name=re.compile("Demo security key")).check()
    visitor.press(ONWARD)
    visitor.page.get_by_role("link", name="Continue on PingOne’s page").click()
    visitor.give("mfaTestUser")
    visitor.go_on("mfaTestUser")
    visitor.arrives("/checks")


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_by_keyboard_alone(visitor: Visitor, mode: str) -> None:
    """Tab and Enter reach the start, the form and the sign-off; the first Tab offers to skip the navigation."""
    visitor.visit("/")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    _tab_to(visitor, f"a[href^='/sign-on/{mode}']")
    visitor.page.keyboard.press("Enter")
    expect(visitor.field("Password")).to_be_visible()
    _tab_to(visitor, "[name=username]")
    visitor.page.keyboard.type("sharedTestUser")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.type(PASSWORD)
    visitor.page.keyboard.press("Enter")
    visitor.arrives("/session")
    _tab_to(visitor, "header form[action='/sign-off'] button")
    visitor.page.keyboard.press("Enter")
    visitor.arrives("/signed-off")


def _tab_to(visitor: Visitor, selector: str) -> None:
    for _ in range(60):
        if visitor.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            outline = visitor.page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow }"
            )
            assert outline != "nonenone", f"{selector} does not show that it has focus"
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")
