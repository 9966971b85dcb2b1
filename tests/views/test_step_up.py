"""A transfer wants a second factor that is not older than five minutes: there, back, and with the form as it was."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from config import Settings
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore
from webapp.trace.story import Story

ENVIRON = {"PORT": "5996", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error"}
MODES = ("hosted", "redirectless", "custom")
FORM = {"to": "Jo <script>", "amount": "19.90", "note": "rent"}


class Clock:
    """Seconds since 1970, for the application and its simulator."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def __call__(self) -> float:
        return self.seconds


class Visitor(Walker):
    """Somebody with a second factor."""

    clock: Clock

    def second_factor(self) -> None:
        """Choose the first device and type the passcode, whoever draws the forms."""
        assert self.page is not None
        start = self.page.text.index('name="device"')
        self.answer(device=self.page.text[start:].partition('value="')[2].partition('"')[0])
        own = self.simulator_url.removesuffix("/simulator")
        inbox = self.client.get("/simulator/inbox", base_url=own, headers={"Accept": "application/json"})
        self.answer(otp=str(inbox.get_json()["messages"][0]["code"]))

    def password(self, username: str = "sharedTestUser") -> None:
        """Fill in the form that asks for a password, where one does."""
        if self.page is not None and 'type="password"' in self.page.text:
            self.answer(username=username, password="PingOne-2026!")

    def step_up(self) -> None:
        """Answer what PingOne asks for a transfer."""
        self.password()
        self.second_factor()

    def send(self, **fields: str) -> None:
        """Send the form of the transfer."""
        self.url = self.public_url
        self.post("/transfer", {**FORM, **fields})

    def switch(self, **choice: object) -> None:
        """Choose a fault of the simulator."""
        own = self.simulator_url.removesuffix("/simulator")
        assert self.client.post("/simulator/faults", base_url=own, json=choice).status_code == 200

    @property
    def place(self) -> tuple[int, str]:
        """Status and path of the page at hand."""
        assert self.page is not None
        return self.page.status_code, self.page.request.path

    @property
    def text(self) -> str:
        return self.page.text if self.page else ""

    def filled_in(self) -> dict[str, str]:
        """What the form of the transfer holds."""
        return {name: (re.findall(rf'name="{name}"[^>]* value="([^"]*)"', self.text) or [""])[0] for name in FORM}


@pytest.fixture(scope="module")
def application() -> Iterator[tuple[Clock, Visitor]]:
    with ExitStack() as stack:
        clock, settings = Clock(), Settings.from_env(ENVIRON)
        simulator = create_simulator(settings.simulator_base, public_url=settings.public_url, now=clock)
        services = wiring.build(settings, store=MemoryStore(clock), now=clock, simulator=simulator)
        stack.callback(services.close)
        yield clock, Visitor(create_app(settings, services), settings.public_url, settings.simulator_base)


@pytest.fixture
def visitor(application: tuple[Clock, Visitor]) -> Visitor:
    """A browser that nobody has used."""
    clock, first = application
    another = Visitor(first.client.application, first.public_url, first.simulator_url)
    another.clock = clock
    return another


@pytest.mark.parametrize("mode", MODES)
def test_a_step_up_leads_there_and_back(visitor: Visitor, mode: str) -> None:
    """In every mode; afterwards the session says so, and nothing more is asked for five minutes."""
    visitor.sign_on(mode)
    visitor.get("/transfer?confirm=1")
    assert "/transfer" not in visitor.url
    visitor.step_up()
    assert (200, "/transfer") == visitor.place
    assert ("Multi_Factor", mode) == (visitor.session()["claims"]["acr"], visitor.session()["mode"])
    visitor.send()
    assert (200, True) == (visitor.place[0], "19.90 to Jo &lt;script&gt;: done" in visitor.text)
    visitor.clock.seconds += 200
    assert (200, "/transfer") == (visitor.get("/transfer?confirm=1").status_code, visitor.place[1])


@pytest.mark.parametrize("mode", MODES)
def test_a_form_that_was_sent_too_late_comes_back_as_it_was(visitor: Visitor, mode: str) -> None:
    """The second factor has grown old while the form was filled in; nothing is sent until its owner sends it again."""
    visitor.sign_on(mode)
    visitor.get("/transfer?confirm=1")
    visitor.step_up()
    visitor.clock.seconds += 400
    visitor.send()
    assert 403 == visitor.place[0]
    assert "Nothing has been sent" in visitor.text
    visitor.get("/transfer?confirm=1")
    visitor.step_up()
    assert (200, "/transfer") == visitor.place
    assert {**FORM, "to": "Jo &lt;script&gt;"} == visitor.filled_in()
    assert "done" not in visitor.text
    assert dict.fromkeys(FORM, "") == (visitor.get("/transfer?confirm=1"), visitor.filled_in())[1]


@pytest.mark.parametrize(
    ("path", "words", "named"),
    [
        ("/transfer", "A transfer needs a second factor from the last 5 minutes", ["step-up acr", "step-up auth_time"]),
        ("/orders", "Orders need the scope <code>orders:read</code>", ["scope"]),
    ],
)
def test_what_will_be_asked_for_is_explained_first(visitor: Visitor, path: str, words: str, named: list[str]) -> None:
    """Before anybody is sent away: why, and a way back. The story has the checks that decided, and what came of it."""
    visitor.sign_on("redirectless")
    visitor.get(path)
    assert (403, path) == visitor.place
    assert [True, True, True] == [text in visitor.text for text in (words, f'href="{path}?confirm=1"', ">Cancel<")]
    visitor.client.get(f"{path}?confirm=1", base_url=visitor.public_url)
    record = visitor.client.application.extensions["services"].traces.get(visitor.session()["trace"])
    steps = Story.from_record(record).steps[-2:]
    assert [(path, 403), (f"{path}?confirm=1", 303)] == [(step["url"], step["status"]) for step in steps]
    assert [named, named] == [[check["name"] for check in step["checks"]] for step in steps]


def test_what_was_typed_is_for_the_one_who_typed_it(visitor: Visitor) -> None:
    """Another person who signs on in the same browser finds an empty form; so does a copy of the cookie elsewhere."""
    visitor.sign_on("redirectless")
    visitor.send()
    assert 403 == visitor.place[0]
    visitor.sign_on("redirectless", "mfaTestUser")
    visitor.second_factor()
    visitor.get("/transfer?confirm=1")
    visitor.password("mfaTestUser")
    visitor.second_factor()
    assert (200, "/transfer") == visitor.place
    assert dict.fromkeys(FORM, "") == visitor.filled_in()


def test_a_visitor_signs_on_first(visitor: Visitor) -> None:
    """Once for the session, then for the second factor, then the page: no endless redirect."""
    visitor.get("/transfer?confirm=1")
    visitor.password()
    visitor.second_factor()
    assert (200, "/transfer") == visitor.place


@pytest.mark.parametrize("mode", MODES)
def test_a_weaker_answer_is_refused_and_told(visitor: Visitor, mode: str) -> None:
    """PingOne answers with another policy than was asked for: the session stays what it was, and the form is kept."""
    visitor.sign_on(mode)
    visitor.send()
    visitor.switch(fault="acr_downgraded", mode="next")
    visitor.get("/transfer?confirm=1")
    visitor.step_up()
    assert "id_token_claim" == visitor.error_code
    assert "You are still signed on" in visitor.text
    assert "Single_Factor" == visitor.session()["claims"]["acr"]
    visitor.get("/transfer?confirm=1")
    if 'type="password"' in visitor.text or 'name="device"' in visitor.text:
        visitor.step_up()
    assert (200, FORM["amount"]) == (visitor.place[0], visitor.filled_in()["amount"])


def test_a_policy_that_nobody_asked_for_does_not_count(visitor: Visitor) -> None:
    """A sign-on with a second factor that came without being asked for: PingOne is asked, and answers silently."""
    visitor.sign_on("hosted", "mfaTestUser")
    visitor.second_factor()
    before = visitor.session()["trace"]
    visitor.get("/transfer?confirm=1")
    visitor.password("mfaTestUser")
    if visitor.place != (200, "/transfer"):
        visitor.second_factor()
    assert (200, "/transfer") == visitor.place
    assert before != visitor.session()["trace"]


def test_what_makes_no_sense_is_said_beside_its_field(visitor: Visitor) -> None:
    """And what was typed is there again."""
    visitor.get("/transfer?confirm=1")
    visitor.password()
    visitor.second_factor()
    visitor.send(amount="lots")
    assert (422, True) == (visitor.place[0], "Enter an amount" in visitor.text)
    assert "lots" == visitor.filled_in()["amount"]


def test_a_look_ahead_begins_nothing(visitor: Visitor) -> None:
    """A prefetch or HEAD must not start a sign-on."""
    visitor.sign_on("redirectless")
    ahead = visitor.client.get("/transfer", base_url=visitor.public_url, headers={"Sec-Purpose": "prefetch"})
    head = visitor.client.head("/transfer", base_url=visitor.public_url)
    assert [405, 405] == [ahead.status_code, head.status_code]


def test_another_sites_form_is_refused(visitor: Visitor) -> None:
    """Whatever the session has."""
    visitor.sign_on("redirectless")
    page = visitor.client.post(
        "/transfer", base_url=visitor.public_url, data=FORM, headers={"Origin": "https://e.example"}
    )
    assert 403 == page.status_code
    assert not page.headers.getlist("Set-Cookie")


def test_a_form_of_nobody_is_not_kept(visitor: Visitor) -> None:
    """Whoever signs on next may be somebody else."""
    visitor.send()
    assert (403, True) == (visitor.place[0], "You are not signed on" in visitor.text)
    visitor.get("/transfer?confirm=1")
    visitor.step_up()
    assert (200, dict.fromkeys(FORM, "")) == (visitor.place[0], visitor.filled_in())
