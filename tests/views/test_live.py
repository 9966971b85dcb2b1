"""Stories while they happen: who may watch, what is said, and how many may hold an answer open."""

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from config import Settings
from tests.support.walker import Walker
from tests.views.conftest import ENVIRON
from webapp import create_app, wiring
from webapp.simulator import PASSWORD, create_simulator
from webapp.store.memory import MemoryStore
from webapp.streams import MOST_OF_ONE, Streams

STREAM = {"Accept": "text/event-stream"}


class Clock:
    """Seconds since 1970 that pass when a test says so."""

    now = 1_776_721_044.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(clock: Clock) -> Iterator[type[Walker]]:
    """Browsers in front of one application, with the simulator within."""
    settings = Settings.from_env(ENVIRON)
    simulator = create_simulator(settings.simulator_base, public_url=settings.public_url, now=clock)
    services = wiring.build(settings, store=MemoryStore(clock), now=clock, simulator=simulator)
    app = create_app(settings, services)
    yield lambda: Walker(app, settings.public_url, settings.simulator_base)
    services.close()


def watch(walker: Walker, query: str = "", **headers: str) -> TestResponse:
    """Ask for the state of a story, without looking at a page."""
    return walker.client.get(f"/traces/watch{query}", base_url=walker.public_url, headers=headers)


def begun(walker: Walker, mode: str = "redirectless") -> str:
    """Begin, and return the id of the story."""
    walker.get(f"/sign-on/{mode}")
    return watch(walker).text.partition(".")[0]


def test_every_step_changes_the_state_and_the_outcome_ends_it(browser) -> None:
    """Also a step of PingOne's page, and a password that was refused; what nobody sees changes nothing."""
    walker, seen = browser(), []
    begun(walker, "hosted")
    for password in ("wrong", PASSWORD):
        seen += [watch(walker).text, watch(walker).text]
        walker.answer(username="sharedTestUser", password=password)
    seen += [watch(walker).text] * 2
    assert (seen[::2], 3) == (seen[1::2], len(set(seen)))
    assert ["open", "open", "signed_on"] == [state.rpartition(".")[2] for state in seen[::2]]


def test_a_stream_tells_of_a_step_and_ends_when_its_cookies_open_nothing_more(browser) -> None:
    """It holds no word of the story. The attempt's cookie opens an open story; the session's opens what comes of it."""
    walker = browser()
    story = begun(walker)
    answer = watch(walker, f"?of={story}", **STREAM)
    events = iter(answer.response)
    assert f"event: state\ndata: {story}." in next(events).decode()
    walker.answer(username="mfaTestUser", password=PASSWORD)
    assert f"event: state\ndata: {story}." in next(events).decode()
    walker.client.delete_cookie("so." + story, domain="localhost", path="/")
    answer.close()
    other = watch(walker, f"?of={story}", **STREAM)
    assert (204, b"") == (other.status_code, other.data)


def test_only_the_owner_can_watch(browser) -> None:
    """A stranger who knows the id gets what anybody gets for no story at all, and no page of steps."""
    walker, stranger = browser(), browser()
    story = begun(walker)
    begun(stranger)
    assert "none" == watch(stranger, f"?of={story}").text == watch(stranger, "?of=nothing").text
    assert 204 == watch(stranger, f"?of={story}", **STREAM).status_code
    assert (404, 200) == tuple(each.get(f"/traces/{story}/steps").status_code for each in (stranger, walker))


def test_an_older_story_is_no_news(browser, clock: Clock) -> None:
    """Who follows the newest and has seen a story is not sent back to the one before it."""
    walker = browser()
    older = begun(walker)
    clock.now += 2
    newer = begun(walker)
    walker.client.delete_cookie("so." + newer, domain="localhost", path="/")
    assert [older, "none"] == [watch(walker, query).text.partition(".")[0] for query in ("", f"?after={newer}")]


def test_places_for_streams_are_bounded_and_given_back(browser) -> None:
    """Two for a browser, whatever it watches. A stream that was never read gives its place back as well."""
    walker = browser()
    story = begun(walker)
    held = [watch(walker, f"?of={story}", **STREAM) for _ in range(MOST_OF_ONE)]
    assert [200, 200] == [each.status_code for each in held]
    assert 204 == watch(walker, f"?of={story}", **STREAM).status_code
    assert f"{story}." in watch(walker, f"?of={story}").text
    held[0].close()
    assert 200 == watch(walker, f"?of={story}", **STREAM).status_code


def test_all_browsers_together_find_few_places() -> None:
    """And none where there are hardly any threads."""
    streams = Streams(3)
    assert [True, True, False, True, False] == [streams.enter(each) for each in ("a", "a", "a", "b", "c")]
    streams.leave("a")
    assert (2, True, False) == (len(streams), streams.enter("c"), Streams(0).enter("a"))


def test_a_page_that_asks_by_itself_keeps_no_session_alive(browser, clock: Clock) -> None:
    """Whoever leaves a watching tab open is signed off when they have been idle for long enough."""
    walker = browser()
    walker.sign_on("hosted")
    assert walker.session()["signed_in"]
    for _ in range(10):
        clock.now += 1_000
        watch(walker)
    assert {"signed_in": False} == walker.session()


def test_without_script_what_is_not_over_reloads_itself(browser) -> None:
    """The page of an open story, the steps so far, and the page that waits for one; no other."""
    walker, reload = browser(), '<noscript><meta http-equiv="refresh"'
    assert reload in walker.get("/traces/live").text
    story = begun(walker, "custom")
    form = walker.page, walker.url
    for path in (f"/traces/{story}", f"/traces/{story}/steps", "/traces/live"):
        assert reload in walker.get(path).text, path
    walker.page, walker.url = form
    walker.answer(username="sharedTestUser", password=PASSWORD)
    for path in (f"/traces/{story}", f"/traces/{story}/steps", "/traces/live"):
        assert reload not in walker.get(path).text, path
