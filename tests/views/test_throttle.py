"""Guessing is slowed down, by attempt and by address, across processes; people who sign on notice nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.store.conftest import Clock
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore
from webapp.store.sealed import SealedStore
from webapp.store.throttle import Throttle, network

SITE = "http://localhost:5996"
SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
NAVIGATION = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
PASSWORD = "PingOne-2026!"


class House:
    """Two processes behind one proxy, with a store and a provider between them, and a clock for the store."""

    def __init__(self) -> None:
        settings = Settings.from_env(
            {"PORT": "5996", "SECRET_KEY": SECRET_KEY, "TRUSTED_PROXIES": "1", "LOG_LEVEL": "info"}
        )
        self.clock, simulator = Clock(), create_simulator(settings.simulator_base, public_url=settings.public_url)
        store = MemoryStore(self.clock)
        self.services = [wiring.build(settings, store=store, simulator=simulator) for _ in range(2)]
        self.processes: list[Flask] = [create_app(settings, each) for each in self.services]

    def visitor(self, address: str, process: int = 0) -> "Visitor":
        return Visitor(self.processes[process].test_client(), address)


class Visitor:
    """A browser at an address, as the proxy in front sees it."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client, self.headers = client, {**NAVIGATION, "X-Forwarded-For": f"203.0.113.250, {address}"}

    def get(self, path: str, **headers: str):
        return self.client.get(path, base_url=SITE, headers=self.headers | headers)

    def begin(self) -> str:
        """Begin a sign-on of which our server draws the form; return where the form is."""
        return str(self.get("/sign-on/redirectless").headers["Location"])

    def enter(self, form: str, password: str, username: str = "sharedTestUser"):
        entered = {"username": username, "password": password}
        return self.client.post(form, base_url=SITE, headers=self.headers | {"Origin": SITE}, data=entered)


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    for services in house.services:
        services.close()


def test_guesses_through_one_attempt_are_slowed_down(house):
    """Of 147 guesses twenty reach PingOne; afterwards one every three seconds, and the sign-on is still open."""
    visitor = house.visitor("198.51.100.7")
    form = visitor.begin()
    answers = [visitor.enter(form, f"guess {number}", "nobody").status_code for number in range(147)]
    assert [303] * 20 + [429] * 127 == answers
    house.clock.advance(3)
    assert [303, 429] == [visitor.enter(form, "guess", "nobody").status_code for _ in range(2)]
    house.clock.advance(60)
    assert "/session" in visitor.enter(form, PASSWORD).headers["Location"]


def test_an_office_signs_on_within_a_minute(house):
    """Fifty people behind one address, ten of whom mistype their password once, all get in."""
    for number in range(50):
        person = house.visitor("198.51.100.7", number % 2)
        form = person.begin()
        if number % 5 == 0:
            assert person.enter(form, "mistyped", "nobody").status_code == 303
        assert "/session" in person.enter(form, PASSWORD).headers["Location"]


def test_guesses_from_one_address_are_slowed_down_however_many_attempts_and_processes(house):
    """Sixty wrong passwords from one address use it up, in all processes together; the neighbour notices nothing."""
    refused = 0
    for number in range(12):
        guesser = house.visitor("2001:db8::1:2", number % 2)
        form = guesser.begin()
        refused += sum(guesser.enter(form, "guess", "nobody").status_code == 303 for _ in range(10))
    assert 60 == refused
    neighbour = house.visitor("2001:db8:0:1::1:2")
    assert "/session" in neighbour.enter(neighbour.begin(), PASSWORD).headers["Location"]
    assert 429 == house.visitor("2001:db8::ffff").enter("/sign-on/step/any", "guess").status_code


@pytest.mark.parametrize("mode", ["hosted", "custom", "redirectless"])
def test_starts_from_one_address_are_slowed_down(house, mode):
    """120 in a row, then one a second, counted before anything is written or PingOne is asked."""
    visitor = house.visitor("198.51.100.7")
    answers = [visitor.get(f"/sign-on/{mode}").status_code for _ in range(125)]
    assert [303] * 120 + [429] * 5 == answers
    house.clock.advance(1.5)
    assert [303, 429] == [visitor.get(f"/sign-on/{mode}").status_code for _ in range(2)]


def test_the_answer_says_when_to_try_again(house, caplog):
    """A page in plain words, JSON for a program, `Retry-After` for both, and a log line with the address."""
    visitor = house.visitor("198.51.100.7")
    form = visitor.begin()
    for _ in range(20):
        visitor.enter(form, "guess", "nobody")
    page = visitor.enter(form, "guess", "nobody")
    assert (429, "3") == (page.status_code, page.headers["Retry-After"])
    assert all(words in page.text for words in ("3 seconds", "too_many_requests", "/help/too_many_requests"))
    json = visitor.client.post(form, base_url=SITE, headers={**visitor.headers, "Accept": "application/json"})
    assert (429, "3") == (json.status_code, json.headers["Retry-After"])
    assert ("too_many_requests", 3) == (json.json["error"], json.json["retry_after"])
    lines = [record.fields for record in caplog.records if record.getMessage() == "throttled"]
    assert ["198.51.100.7"] * 2 == [line["address"] for line in lines]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("2001:db8:1:2::9", "20010db800010002::/64"),
        ("[2001:db8:1:2::9]", "20010db800010002::/64"),
        ("[2001:db8:1:2::9]:4711", "20010db800010002::/64"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("fe80::1%eth0", "fe80000000000000::/64"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_what_counts_as_one_visitor(address, counted):
    """A household has a whole IPv6 /64; this machine itself is a proxy that nobody counted, or the developer."""
    assert counted == network(address)


def test_of_visitors_without_an_address_each_attempt_is_counted_by_itself() -> None:
    """One count for all of them would shut all of them out."""
    throttle = Throttle(SealedStore(MemoryStore(Clock()), "the secret of the throttle 0123456789"))
    assert [0.0] * 700 == [throttle.step("unknown", f"attempt {each}", "attempt", "id")[0] for each in range(700)]
    assert [0.0] * 200 == [throttle.start("unknown") for _ in range(200)]
    assert 0.0 < max(throttle.step("unknown", "one attempt", "attempt", "id")[0] for _ in range(21))
