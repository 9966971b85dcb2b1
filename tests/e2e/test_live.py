"""A story grows in one tab while somebody signs on in another."""

from playwright.sync_api import Page, expect

from tests.support.visitor import MakeVisitor, Visitor

CARDS = "#steps > .step-card"


def following(visitor: Visitor) -> tuple[Page, list[str]]:
    """A second tab that follows this browser, and what it asked for the state of the story was answered with."""
    tab, answers = visitor.context.new_page(), []
    tab.on("response", lambda answer: answers.append(f"{answer.status} {answer.headers.get('content-type', '')}"))
    tab.goto(f"{visitor.at.application}/traces/live")
    return tab, answers


def test_a_second_tab_sees_the_steps_of_a_hosted_sign_on(visitor: Visitor) -> None:
    """Of PingOne's page too, as it is simulated; the page stays the same one, whatever is added to it."""
    tab, answers = following(visitor)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Waiting for a sign-on")
    visitor.begin("hosted")
    page_of_pingone = tab.locator(CARDS, has_text="PingOne’s own sign-on page")
    expect(page_of_pingone).to_have_count(1)
    tab.evaluate("() => { window.same = true; document.querySelector('#steps summary').click(); }")
    visitor.give("sharedTestUser")
    expect(tab.locator(CARDS, has_text="Exchange the code for tokens")).to_have_count(1)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Signed on, hosted")
    expect(tab.get_by_role("heading", name="PKCE, on the values of this sign-on")).to_be_visible()
    assert tab.evaluate("() => window.same && document.querySelector('#steps details').open")
    assert "200 text/event-stream; charset=utf-8" in answers


def test_a_newer_sign_on_is_looked_for_beside_the_stream_of_one_that_was_left(visitor: Visitor) -> None:
    """The stream lasts for 20 seconds and cannot know of it: it has the cookies that it came with."""
    visitor.begin("redirectless")
    tab = visitor.context.new_page()
    with tab.expect_response(lambda answer: "event-stream" in answer.headers.get("content-type", "")):
        tab.goto(f"{visitor.at.application}/traces/live")
    with tab.expect_response(lambda answer: "/traces/watch" in answer.url, timeout=12_000) as looked:
        pass
    assert "text/plain" in looked.value.headers["content-type"]
    visitor.sign_on("hosted")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Signed on, hosted")


def test_beside_our_form_are_the_steps_so_far(visitor: Visitor) -> None:
    """They lead into the story."""
    visitor.begin("redirectless")
    so_far = visitor.page.locator("#so-far li")
    expect(so_far.last).to_be_visible()
    before = so_far.count()  # The first sign-on of a process asks for metadata too.
    visitor.give("sharedTestUser", "wrong")
    expect(so_far).to_have_count(before + 2)
    visitor.page.locator("#so-far a").last.click()
    expect(visitor.page.locator(":target")).to_contain_text("usernamePassword.check")


def test_who_finds_no_place_for_a_stream_asks_now_and_then(visitor: Visitor) -> None:
    """Two streams are all that a browser gets; its third tab grows all the same."""
    visitor.begin("redirectless")
    second, _ = following(visitor)
    expect(second.locator("#live-line")).to_be_visible()
    third = visitor.context.new_page()
    with third.expect_response(lambda answer: "/traces/watch" in answer.url and answer.status == 204):
        third.goto(f"{visitor.at.application}/traces/live")
    before = third.locator(CARDS).count()
    visitor.give("mfaTestUser")
    expect(third.locator(CARDS)).to_have_count(before + 2)


def test_without_script_the_page_reloads_itself(make_visitor: MakeVisitor) -> None:
    """Until the sign-on is over."""
    visitor = make_visitor(java_script_enabled=False)
    tab, _ = following(visitor)
    visitor.sign_on("hosted")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Signed on, hosted")
