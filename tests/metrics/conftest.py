"""The application with its metrics open, PingOne on a socket of its own, and what Prometheus would read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import Client

from config import Settings
from tests.support.counting_store import CountingStore
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider, providing
from tests.support.relying_party import Browser
from webapp import create_app, wiring
from webapp.metrics.serving import Facts, page
from webapp.store.memory import MemoryStore

PUBLIC_URL = "http://localhost:5996"


@dataclass
class Site:
    """One application in front of one PingOne."""

    provider: Provider
    services: wiring.Services
    store: CountingStore
    new_browser: Callable[[], Browser]

    def __post_init__(self) -> None:
        watch = self.services.watch
        self._page = Client(page(watch.meters, Facts("1.2.3", "memory", watch.census)))

    def text(self) -> str:
        """What Prometheus reads."""
        answer = self._page.get("/metrics")
        assert answer.content_type.startswith("text/plain; version=")
        return answer.text

    def numbers(self) -> dict[str, float]:
        """The same by name and labels, without the prefix that all names have."""
        lines = re.findall(r"^pingone_signon_(\w+(?:\{.*\})?) (\S+)$", self.text(), re.MULTILINE)
        return {name: float(value) for name, value in lines}

    def counted(self, act: Callable[[], object]) -> dict[str, float]:
        """What `act` adds to the counters, times left out."""
        before = self.numbers()
        act()
        added = {name: value - before.get(name, 0.0) for name, value in self.numbers().items()}
        return {name: value for name, value in added.items() if value and "_total" in name}


@pytest.fixture
def site(compiled_templates: FileSystemBytecodeCache) -> Iterator[Site]:
    """The application as it starts, nothing fetched yet."""
    with providing(PUBLIC_URL) as provider:
        settings = Settings.from_env(
            {
                "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
                "PINGONE_AUTH_BASE_URL": provider.base_url,
                "PINGONE_CLIENT_ID": CLIENT_ID,
                "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
                "PUBLIC_URL": PUBLIC_URL,
                "SECRET_KEY": "metrics-tests-metrics-tests-metrics-0001",
                "METRICS_PORT": "9464",
                "LOG_LEVEL": "error",
            }
        )
        store = CountingStore(MemoryStore())
        services = wiring.build(settings, store=store, deadline=1.0)
        application = create_app(settings, services)
        application.jinja_env.bytecode_cache = compiled_templates
        yield Site(provider, services, store, lambda: Browser(application, PUBLIC_URL, provider))
        services.close()
