"""The half of a hosted sign-on that only a simulated PingOne can show."""

import re

import pytest

from config import Settings
from tests.support.walker import Walker
from tests.views.conftest import ENVIRON
from webapp import create_app, wiring
from webapp.simulator import PASSWORD
from webapp.store.memory import MemoryStore


@pytest.fixture(scope="module")
def browser():
    """A browser in front of the application with the simulator within."""
    settings = Settings.from_env(ENVIRON)
    services = wiring.build(settings, store=MemoryStore())
    yield lambda: Walker(create_app(settings, services), settings.public_url, settings.simulator_base)
    services.close()


def story(walker: Walker) -> str:
    """The newest story of this browser."""
    listed = walker.get("/traces").text
    return walker.get("/traces/" + re.findall(r'<th scope="row"><a href="/traces/([^"]+)"', listed)[0]).text


CARD = re.compile(r'<li class="card step-card[^"]* simulated".*?</li>', re.DOTALL)


def cards(page: str) -> list[str]:
    """The cards of steps that only the simulator shows, as HTML."""
    return CARD.findall(page)


def test_the_story_shows_what_pingones_page_did(browser) -> None:
    """The flow, the form without its password, ST, resume with it, and the code on its way to us."""
    walker = browser()
    walker.sign_on("hosted")
    page = story(walker)
    shown = [re.sub("<[^>]+>", "", card) for card in cards(page)]
    assert 4 == len(shown)
    assert "The half that hosted mode hides" in page
    assert "What cannot be seen from here" not in page
    for card, words in zip(shown, ("302 Found", "200 OK", "‹password›", "Cookie: ST="), strict=True):
        assert (words in card, "simulator only" in card) == (True, True)
    assert PASSWORD not in page


def test_equal_values_have_equal_tags_in_both_halves(browser) -> None:
    """The code that PingOne gave to the browser is the one that we exchanged, ST the one that came to resume."""
    walker = browser()
    walker.sign_on("hosted")
    page = story(walker)
    hidden, rest = "".join(cards(page)), CARD.sub("", page)
    [code] = set(re.findall(r"‹code · \d+ chars · #(\w{6})›", hidden))
    assert {code} == set(re.findall(r"‹code · \d+ chars · #(\w{6})›", rest))
    [cookie] = set(re.findall(r"‹ST · \d+ chars · #(\w{6})›", hidden))
    assert 3 == len(re.findall(f"‹ST · \\d+ chars · #{cookie}›", hidden))


def test_while_it_happens_and_when_it_is_silent(browser) -> None:
    """At PingOne's page the story knows of the page; a second sign-on shows that PingOne asked for nothing."""
    walker = browser()
    at_pingone = walker.get("/sign-on/hosted"), walker.url
    assert 2 == len(cards(story(walker)))
    walker.page, walker.url = at_pingone
    walker.answer(username="sharedTestUser", password=PASSWORD)
    walker.sign_on("hosted")
    [silent] = cards(story(walker))
    assert "callback?code=" in re.sub("<[^>]+>", "", silent)


def test_the_modes_in_which_our_server_drives_the_flow_hide_nothing(browser) -> None:
    """Every step of theirs is in the story already, once."""
    for mode in ("redirectless", "custom"):
        walker = browser()
        walker.sign_on(mode)
        assert [] == cards(story(walker))
