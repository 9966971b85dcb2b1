"""A slow PingOne is asked once, however often somebody presses; the answer that was not waited for is not lost."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from config import Settings
from tests.support.overheard import Reader, Wire
from tests.views.conftest import ENVIRON
from webapp import create_app, wiring
from webapp.simulator import PASSWORD, create_simulator
from webapp.store.memory import MemoryStore

FIELDS = {"username": "sharedTestUser", "password": PASSWORD, "action": "usernamePassword.check"}


class Slow:
    """The simulator's token endpoint waits until it may answer."""

    def __init__(self) -> None:
        self.asked, self.may_answer = Event(), Event()

    def __call__(self, seconds: float) -> None:
        self.asked.set()
        assert self.may_answer.wait(20)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def reader(slow: Slow) -> Iterator[Reader]:
    settings = Settings.from_env(ENVIRON)
    simulator = create_simulator(settings.simulator_base, public_url=settings.public_url, sleep=slow)
    wire = Wire()
    services = wiring.build(settings, store=MemoryStore(), simulator=wire(simulator), deadline=30.0)
    yield Reader(services, create_app(settings, services), wire)
    services.close()


def pressed(reader: Reader, slow: Slow) -> tuple[str, Thread]:
    """Somebody sends the form, PingOne is slow, and they do not wait: their browser gets nothing of the answer."""
    reader.press("/faults", fault="token_slow")
    path = reader.url.removeprefix(reader.public_url)
    impatient = reader.client.application.test_client()
    for cookie in reader.client._cookies.values():
        impatient.set_cookie(cookie.key, cookie.value, domain="localhost")
    sent = {"base_url": reader.public_url, "data": FIELDS, "headers": {"Sec-Fetch-Site": "same-origin"}}
    first = Thread(target=lambda: impatient.post(path, **sent))
    first.start()
    assert slow.asked.wait(20)
    return path, first


def test_a_second_press_asks_nothing_and_gets_the_first_answer(reader: Reader, slow: Slow) -> None:
    """A page says that PingOne is being asked; then the session of the first press is there."""
    path, first = pressed(reader, slow)
    calls = reader.services.transport.calls
    page = reader.press(path, **FIELDS)
    assert (200, True) == (page.status_code, "PingOne is being asked" in page.text)
    assert 'data-poll="2"' in page.text and '<meta http-equiv="refresh" content="2">' in page.text
    assert calls == reader.services.transport.calls
    slow.may_answer.set()
    first.join(20)
    assert not reader.session()["signed_in"]
    reader.get(path)
    assert (f"{reader.public_url}/session", True) == (reader.url, reader.session()["signed_in"])


def test_pressing_after_the_answer_was_lost_signs_on_too(reader: Reader, slow: Slow) -> None:
    """By a form, once; without the secret of that browser there is nothing to get."""
    path, first = pressed(reader, slow)
    slow.may_answer.set()
    first.join(20)
    stranger = reader.another()
    stranger.press(path, **FIELDS)
    assert ("sign_on_other_browser", False) == (stranger.error_code, stranger.session()["signed_in"])
    reader.press(path, **FIELDS)
    assert reader.session()["signed_in"]


def test_a_session_that_has_ended_does_not_come_back(reader: Reader, slow: Slow) -> None:
    """The answer that was lost is of no use then."""
    path, first = pressed(reader, slow)
    slow.may_answer.set()
    first.join(20)
    sessions = reader.services.session_use.sessions
    from webapp.views import asked_once

    for _, answered in asked_once._answered.values():
        sessions.end(answered.begun.id)
    reader.press(path, **FIELDS)
    assert ("sign_on_unknown", False) == (reader.error_code, reader.session()["signed_in"])
