"""Every page of the application stands axe in both colour schemes and fits a narrow window."""

from pathlib import Path

import pytest

from tests.support.examination import faults
from tests.support.visitor import Visitor

PLAIN = ("/", "/how-it-works", "/checks", "/settings", "/patterns", "/help", "/session", "/nowhere", "/attacks",
         "/attacks/stolen-code", "/traces/live")  # fmt: skip
PREPARED = ("/sign-on/prepare?mode=hosted&prompt=login&max_age=60", "/sign-on/prepare?mode=redirectless")
HELP = Path(__file__).parents[2] / "templates" / "help"
CODES = sorted(page.stem for page in HELP.glob("[!_]*.html") if page.stem != "index")


@pytest.mark.parametrize("path", PLAIN + PREPARED)
def test_page(visitor: Visitor, path: str) -> None:
    """A page that anybody can open."""
    assert [] == faults(visitor.visit(path))


def test_help_pages(visitor: Visitor) -> None:
    """The most different of the pages for error codes: all have one template, and `test_docs` reads each."""
    lengths = {code: (HELP / f"{code}.html").stat().st_size for code in CODES}
    ordered = sorted(CODES, key=lambda code: lengths[code])
    found = {code: faults(visitor.visit(f"/help/{code}")) for code in (*ordered[:2], *ordered[-4:])}
    assert {} == {code: wrong for code, wrong in found.items() if wrong}


def test_pages_of_somebody_signed_on(visitor: Visitor) -> None:
    """Session, tokens, the story, the results of the checks: with a person in the header."""
    first, trace = [_story_of(visitor, mode) for mode in ("redirectless", "custom")]
    paths = ("/session", "/session/tokens", f"/traces/{trace}", "/checks", "/traces", "/members", "/session/others")
    compared = f"/traces/compare?a={first}&b={trace}"
    found = {path: faults(visitor.visit(path)) for path in (*paths, compared)}
    assert {} == {path: wrong for path, wrong in found.items() if wrong}


def _story_of(visitor: Visitor, mode: str) -> str:
    visitor.sign_on(mode)
    return str(visitor.session()["trace"])


def test_pages_that_answer_a_button(visitor: Visitor) -> None:
    """What PingOne says when it is asked again."""
    visitor.sign_on("redirectless")
    found = {}
    for button in ("Introspect the access token", "Revoke the tokens"):
        visitor.visit("/session")
        visitor.press(button)
        visitor.page.wait_for_load_state()
        found[button] = faults(visitor.page)
    assert {} == {button: wrong for button, wrong in found.items() if wrong}


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
