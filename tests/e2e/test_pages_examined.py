"""Every page of the application stands axe in both colour schemes and fits a narrow window."""

from pathlib import Path

import pytest

from tests.support.examination import faults
from tests.support.visitor import Visitor

PLAIN = ("/", "/how-it-works", "/checks", "/settings", "/patterns", "/help", "/signed-off", "/session", "/nowhere")
PREPARED = tuple(
    f"/sign-on/prepare?mode={mode}&prompt=login&max_age=60" for mode in ("hosted", "redirectless", "custom")
)
HELP = Path(__file__).parents[2] / "templates" / "help"
CODES = sorted(page.stem for page in HELP.glob("[!_]*.html") if page.stem != "index")


@pytest.mark.parametrize("path", PLAIN + PREPARED)
def test_page(visitor: Visitor, path: str) -> None:
    """A page that anybody can open."""
    assert [] == faults(visitor.visit(path))


def test_help_pages(visitor: Visitor) -> None:
    """One page for each error code."""
    found = {code: faults(visitor.visit(f"/help/{code}")) for code in CODES}
    assert {} == {code: wrong for code, wrong in found.items() if wrong}


def test_pages_of_somebody_signed_on(visitor: Visitor) -> None:
    """Home, session, tokens, the story: with a person in the header."""
    visitor.sign_on("custom")
    trace = visitor.session()["trace"]
    paths = ("/", "/session", "/session/tokens", f"/traces/{trace}", "/checks", "/settings")
    found = {path: faults(visitor.visit(path)) for path in paths}
    assert {} == {path: wrong for path, wrong in found.items() if wrong}


@pytest.mark.parametrize("button", ["Read userinfo", "Introspect the access token", "Revoke the tokens"])
def test_pages_that_answer_a_button(visitor: Visitor, button: str) -> None:
    """What PingOne says when it is asked again."""
    visitor.sign_on("redirectless")
    visitor.press(button)
    visitor.page.wait_for_load_state()
    assert [] == faults(visitor.page)


def test_refusal(visitor: Visitor) -> None:
    """A help page with the facts of a refusal on it, and the story that it links to."""
    visitor.begin("hosted")
    visitor.give("lockedTestUser")
    assert visitor.refused_with == "refused"
    refusal = faults(visitor.page)
    visitor.page.get_by_role("link", name="The story of this sign-on").click()
    visitor.page.wait_for_load_state()
    assert ([], []) == (refusal, faults(visitor.page))


def test_signed_off_by_pingone(visitor: Visitor) -> None:
    """The page after a real sign-off."""
    visitor.sign_on("hosted")
    visitor.sign_off()
    assert [] == faults(visitor.page)
