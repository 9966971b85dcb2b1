"""The application in memory, visited by a browser that keeps every answer, with PingOne overheard on the wire."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from config import Settings
from tests.support.overheard import MakeReader, Reader, Wire
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore

ENVIRON = {"PORT": "5997", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "debug"}


@pytest.fixture(scope="module")
def make_reader() -> Iterator[MakeReader]:
    """Make a reader of an application of its own; keywords are settings."""
    with ExitStack() as stack:

        def make(**environ: str) -> Reader:
            settings = Settings.from_env(ENVIRON | environ)
            wire, simulator = Wire(), create_simulator(settings.simulator_base, public_url=settings.public_url)
            services = wiring.build(settings, store=MemoryStore(), simulator=wire(simulator), deadline=2.0)
            stack.callback(services.close)
            return Reader(services, create_app(settings, services), wire)

        yield make


@pytest.fixture(scope="module")
def reader(make_reader: MakeReader) -> Reader:
    """A reader of an application that uses its simulator, without any setting."""
    return make_reader()
