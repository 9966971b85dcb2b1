"""One application in front of a PingOne that is scripted, for thousands of examples."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.fuzz.scripted import Scripted
from webapp import create_app, wiring
from webapp.simulator.constants import ENVIRONMENT_ID
from webapp.store.memory import MemoryStore

OWN = {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Site:
    """The application and its PingOne."""

    app: Flask
    pingone: Scripted
    settings: Settings

    def visitor(self, cookies: bool = True) -> FlaskClient:
        """A browser without history."""
        self.pingone.reset()
        return self.app.test_client(use_cookies=cookies)

    def is_nobody(self, client: FlaskClient) -> bool:
        """Whether the application takes this browser for signed off."""
        return client.get("/session", base_url=self.settings.public_url).status_code == 401


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application with every way in switched on."""
    environ = {
        "SIMULATOR": "on",
        "SECRET_KEY": "fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-0123456789",
        "INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
        "BACK_CHANNEL_SIGN_OFF": "on",
        "FRONT_CHANNEL_SIGN_OFF": "on",
        "LOG_LEVEL": "error",
    }
    settings = Settings.from_env(environ, dotenv=Path("/nonexistent"))
    pingone = Scripted(f"{settings.simulator_base}/{ENVIRONMENT_ID}")
    pingone.now = time.time
    services = wiring.build(settings, store=MemoryStore(time.time), simulator=pingone)
    yield Site(create_app(settings, services), pingone, settings)
    services.close()
