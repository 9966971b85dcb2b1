"""A story can be surveyed: a screen per step, a rail that stays in view, links that land, six pages of paper."""

import re

from playwright.sync_api import Page, expect

from tests.support.visitor import MakeVisitor, Visitor

WINDOW = {"width": 1280, "height": 900}
HEIGHTS = "steps => steps.map(step => step.getBoundingClientRect().height)"


def story_of(visitor: Visitor) -> Page:
    """The story of a sign-on of ten steps or more."""
    visitor.sign_on("redirectless", "mfaTestUser")
    for button in ("Refresh the tokens", "Introspect the access token"):
        visitor.visit("/session")
        visitor.press(button)
        visitor.page.wait_for_load_state()
    return visitor.visit(f"/traces/{visitor.session()['trace']}")


def test_a_story_is_surveyed_with_script(make_visitor: MakeVisitor) -> None:
    """Where a link leads is shown, filtered out or folded, the second time too; the rail says where one is."""
    page = story_of(make_visitor(viewport=WINDOW))
    steps, rail = page.locator(".step-card"), page.get_by_role("navigation", name="Steps")
    assert [] == [height for height in steps.evaluate_all(HEIGHTS) if height > WINDOW["height"]]
    last = rail.get_by_role("link", name=re.compile("Introspect"))
    for _ in range(2):
        page.get_by_label("Show").select_option("browser")
        expect(steps.last).to_be_hidden()
        expect(last).to_be_hidden()
        page.locator(".traced text", has_text="Introspect").click()
        expect(steps.last).to_be_in_viewport()
        expect(rail).to_be_in_viewport(ratio=0.9)
        expect(last).to_have_attribute("aria-current", "step")
    page.get_by_label("Show").select_option("")
    page.get_by_role("button", name="Fold all").click()
    assert [] == [height for height in steps.evaluate_all(HEIGHTS) if height > 120]
    last.click()
    expect(steps.last.locator(".extras")).to_be_visible()
    expect(steps.first.locator(".extras")).to_be_hidden()
    page.get_by_role("button", name="Unfold all").click()
    expect(steps.first.locator(".extras")).to_be_visible()
    again = page.locator(".extras details", has_text="as in step").first
    again.locator("summary").click()
    again = again.locator("a").first
    again.click()
    expect(page.locator(again.get_attribute("href") or "")).to_be_in_viewport()
    page.set_viewport_size({"width": 320, "height": 640})
    expect(rail).to_be_in_viewport()
    assert rail.evaluate("each => each.getBoundingClientRect().height") < 60


def test_a_story_without_script_folds_lands_and_prints(make_visitor: MakeVisitor) -> None:
    """A word opens its meaning; details open where a link leads; ten steps or more are on at most six pages."""
    visitor = make_visitor(java_script_enabled=False, viewport=WINDOW)
    word = visitor.visit("/").get_by_text("The session token", exact=False)
    expect(word).to_be_hidden()
    visitor.press("ST")
    expect(word).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(word).to_be_hidden()
    page = story_of(visitor)
    code = page.locator("[id^=step-][id$=-code-1]").last
    expect(code).to_be_hidden()
    page.goto(f"{page.url}#{code.get_attribute('id')}")
    expect(code).to_be_in_viewport()
    assert page.locator(".step-card").count() >= 10
    assert 1 < len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) <= 6
