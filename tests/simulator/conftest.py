"""A simulator with a clock of its own, and a user agent."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.simulator.driver import BASE, PUBLIC, Clock, Driver
from webapp.simulator import create_simulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def naps() -> list[float]:
    """What the simulator slept, in seconds."""
    return []


@pytest.fixture
def simulator(clock: Clock, naps: list[float]) -> Flask:
    return create_simulator(BASE, public_url=PUBLIC, now=clock, sleep=naps.append)


@pytest.fixture
def driver(simulator: Flask) -> Driver:
    return Driver(simulator)
