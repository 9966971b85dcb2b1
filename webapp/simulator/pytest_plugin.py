"""The pytest fixture ``pingone_simulator``: pytest finds it by itself where this package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .control import Control


@pytest.fixture(scope="session")
def pingone_simulator_process() -> Iterator[Control]:
    """One server for all tests of a process: making its signing key is what takes time."""
    from .running import running

    with running() as control:
        yield control


@pytest.fixture
def pingone_simulator(pingone_simulator_process: Control) -> Control:
    """A PingOne environment on loopback, as fresh as on the first day in every test. Its methods are in ``Control``."""
    pingone_simulator_process.reset()
    return pingone_simulator_process
