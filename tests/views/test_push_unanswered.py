"""A push that nobody answers can be sent again from our own form."""

import re

from config import Settings
from tests.support.overheard import Reader, Wire
from tests.views.conftest import ENVIRON
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.simulator.control import Control
from webapp.store.memory import MemoryStore


def phone(page: str) -> str:
    """The id of the device that gets a push."""
    choices = re.findall(r'name="device" value="([^"]+)"(.*?)</label>', page, re.DOTALL)
    return next(id for id, label in choices if "Mobile" in label)


def test_an_unanswered_push_is_sent_again() -> None:
    """PingOne wants the id of the device; without it the button led back to the same page, whoever pressed it."""
    settings, wire = Settings.from_env(ENVIRON), Wire()
    simulator = create_simulator(settings.simulator_base, public_url=settings.public_url)
    services = wiring.build(settings, store=MemoryStore(), simulator=wire(simulator), deadline=2.0)
    reader = Reader(services, create_app(settings, services), wire)
    try:
        reader.sign_on("redirectless", "mfaTestUser")
        reader.post(reader.url, {"device": phone(reader.page.text)})
        assert "Confirm on your device" in reader.page.text
        Control(simulator).move_clock(61)
        reader.get(reader.url)
        assert "Your device did not respond" in reader.page.text
        reader.post(reader.url, {"device": phone(reader.page.text)})
        assert "Confirm on your device" in reader.page.text
    finally:
        services.close()
