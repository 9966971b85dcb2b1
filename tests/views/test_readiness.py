"""Readiness: what it looks at, and what it tells whom."""

import logging
from pathlib import Path

import pytest

from config import Settings
from tests.support.server_process import free_port
from webapp import create_app, wiring

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
ENVIRON = {"SECRET_KEY": KEY, "PINGONE_CLIENT_ID": "an-application", "LOG_LEVEL": "error"}
LOCAL = {"base_url": "http://localhost:8000"}


def test_readiness_asks_pingone_nothing_and_knows_that_it_is_away(tmp_path: Path, caplog) -> None:
    """A visitor's call has failed: it says so and stays ready, or a load balancer would take every server out, and with
    them the pages of those who are signed on. Where PingOne is, only the log says."""
    base = f"http://127.0.0.1:{free_port()}"
    settings = Settings.from_env({**ENVIRON, "PINGONE_AUTH_BASE_URL": base, "INSTANCE_PATH": str(tmp_path)})
    services = wiring.build(settings)
    client = create_app(services=services).test_client()
    before = client.get("/readyz", **LOCAL)
    assert (200, {"ok": ["store", "pingone"], "failing": {}}) == (before.status_code, before.json)
    assert 0 == services.transport.calls
    assert 503 == client.get("/sign-on/redirectless", **LOCAL).status_code
    calls = services.transport.calls
    with caplog.at_level(logging.WARNING):
        after = client.get("/readyz", **LOCAL)
    assert (200, ["store"], ["pingone"]) == (after.status_code, after.json["ok"], list(after.json["failing"]))
    assert (calls, False) == (services.transport.calls, base in after.text)
    assert base in caplog.text
    services.close()


def test_readiness_names_the_store_and_not_its_place(tmp_path: Path) -> None:
    """A stranger learns that it is failing; its path is in the log."""
    (tmp_path / "instance").write_text("a file where a folder should be")
    settings = Settings.from_env({**ENVIRON, "PINGONE_CLIENT_ID": "", "INSTANCE_PATH": str(tmp_path / "instance")})
    services = wiring.build(settings)
    answer = create_app(services=services).test_client().get("/readyz", **LOCAL)
    assert (503, ["pingone"], ["store"]) == (answer.status_code, answer.json["ok"], list(answer.json["failing"]))
    assert str(tmp_path) not in answer.text
    services.close()


@pytest.mark.parametrize("name", ["REDIS_URL", "HOST", "INSTANCE_PATH", "WEB_THREADS", "TRUSTED_PROXIES", "LOG_LEVEL"])
def test_a_public_settings_page_keeps_operations_to_itself(tmp_path: Path, name: str) -> None:
    """What a stranger has no use for but an attacker might."""
    environment = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
    public = {"PUBLIC_URL": "https://app.example", "PINGONE_ENVIRONMENT_ID": environment}
    given = {**ENVIRON, **public, "PINGONE_CLIENT_ID": environment, "INSTANCE_PATH": str(tmp_path)}
    services = wiring.build(Settings.from_env(given))
    page = create_app(services=services).test_client().get("/settings", base_url="https://app.example")
    row = next(part for part in page.text.split("<tr")[1:] if name in part)
    assert "not shown on a public address" in row
    services.close()
