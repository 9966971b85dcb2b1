"""Two instances behind one address: with one store they are one application, with two they say what is wrong."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from config import Settings
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore

ENVIRON = {"PORT": "5994", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "info"}


class Balancer:
    """Sends requests to one of two instances, by the address of the first."""

    def __init__(self, instances: list[Any]) -> None:
        self.instances, self.to = instances, 0
        self.inner = [each.wsgi_app for each in instances]
        instances[0].wsgi_app = self

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.inner[self.to](environ, start_response)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def visitor(stack: ExitStack, *stores: tuple[MemoryStore, str]) -> tuple[Walker, Balancer]:
    """A browser before instances with these stores and keys, and one PingOne."""
    apps = []
    simulator = None
    for store, key in stores:
        settings = Settings.from_env(ENVIRON | {"SECRET_KEY": key or ENVIRON["SECRET_KEY"]})
        simulator = simulator or create_simulator(settings.simulator_base, public_url=settings.public_url)
        services = wiring.build(settings, store=store, simulator=simulator)
        stack.callback(services.close)
        apps.append(create_app(settings, services))
    balancer = Balancer(apps)
    return Walker(apps[0], settings.public_url, settings.simulator_base), balancer


def through(walker: Walker, balancer: Balancer, mode: str) -> str:
    """Begin at one instance and end at the other; the error code, empty when somebody is signed on."""
    page = walker.get(f"/sign-on/{mode}")
    balancer.to = 1
    assert 'type="password"' in page.text
    walker.answer(username="sharedTestUser", password="PingOne-2026!")
    return walker.error_code


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_two_stores_are_noticed_and_told(
    stack: ExitStack, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The page says that it is not the browser's fault, and the log what to look at."""
    walker, balancer = visitor(stack, (MemoryStore(), ""), (MemoryStore(), ""))
    assert "sign_on_elsewhere" == through(walker, balancer, mode)
    assert "nothing is wrong with your browser" in walker.page.text
    [line] = [record.fields for record in caplog.records if record.getMessage() == "refused"]
    assert "begun by another instance, with another store or SECRET_KEY" == line["detail"]


def test_a_flow_that_arrives_at_the_other_instance(stack: ExitStack) -> None:
    """Custom page mode: PingOne sends the browser to our page, and the balancer to the wrong one."""
    walker, balancer = visitor(stack, (MemoryStore(), ""), (MemoryStore(), ""))
    begun = walker.client.get(f"{walker.public_url}/sign-on/custom")
    arrived = walker.client.get(begun.headers["Location"]).headers["Location"]
    balancer.to = 1
    walker.get(arrived)
    assert "sign_on_elsewhere" == walker.error_code


def test_another_key_is_another_store(stack: ExitStack) -> None:
    """They cannot read each other's records."""
    store = MemoryStore()
    walker, balancer = visitor(stack, (store, ""), (store, "zyxwvutsrqponmlkjihgfedcba9876543210"))
    assert "sign_on_elsewhere" == through(walker, balancer, "redirectless")


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_instances_with_one_store_are_one(stack: ExitStack, mode: str) -> None:
    """Whoever began, the other finishes; a second look at a finished sign-on is the browser's own doing."""
    store = MemoryStore()
    walker, balancer = visitor(stack, (store, ""), (store, ""))
    assert "" == through(walker, balancer, mode)
    other, balancer = visitor(stack, (store, ""), (store, ""))
    form = other.client.get(f"{other.public_url}/sign-on/redirectless").headers["Location"]
    balancer.instances[0].extensions["services"].sign_on.end_attempts(
        {cookie.key.removeprefix("so."): cookie.value for cookie in other.client._cookies.values()}
    )
    balancer.to = 1
    other.get(form)
    assert "sign_on_unknown" == other.error_code
