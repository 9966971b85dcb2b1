"""One suite, two targets: the simulator always, a tenant where ``PINGONE_TEST_*`` describe one."""

from collections.abc import Callable, Iterator

import pytest
import requests

from tests.contract import tenant_target
from tests.contract.agent import Agent, connections
from tests.contract.client import Client
from tests.contract.simulator_target import Simulator
from tests.contract.summary import pytest_terminal_summary
from tests.contract.target import Target
from tests.contract.tenant_target import Tenant

__all__ = ["pytest_terminal_summary"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fact(*ids): the facts of PingOne's behaviour that the test checks")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test runs against each target that is there."""
    if "target" in metafunc.fixturenames:
        targets = ["simulator", *(["tenant"] if tenant_target.is_there() else [])]
        metafunc.parametrize("target", targets, indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every report say which facts its test checks, and against what."""
    for item in items:
        ids = [each for mark in item.iter_markers("fact") for each in mark.args]
        if ids:
            name = item.callspec.params["target"] if hasattr(item, "callspec") else "simulator"
            item.user_properties.append(("facts", [name, *ids]))


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The environment under test."""
    if request.param == "tenant":
        yield Tenant()
        return
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(scope="session")
def behind_tls() -> Iterator[Target]:
    """A simulator that is reached by https, which a proxy in front of it ends."""
    with Simulator(over_tls=True) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    with connections() as session:
        yield session


@pytest.fixture
def switched(target: Target) -> Iterator[Callable[[str, str], None]]:
    """Choose a reading of a switch until the test is over."""
    controls, before = target.played("how it is set up is not known"), dict[str, str]()

    def choose(name: str, reading: str) -> None:
        before.setdefault(name, controls.switch(name, reading))

    yield choose
    for name, reading in before.items():
        controls.switch(name, reading)


@pytest.fixture
def agent(target: Target, http: requests.Session) -> Agent:
    """Somebody without cookies."""
    return Agent(target, http)


@pytest.fixture
def client(agent: Agent) -> Client:
    """The usual application at its own endpoints."""
    return Client(agent)
