"""How loud a line is, and what it says of the cause: operators are woken for what is theirs to mend."""

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from tests.support.server_process import free_port
from webapp import create_app, wiring

ENVIRON = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "PINGONE_CLIENT_ID": "an-application", "LOG_LEVEL": "info"
}  # fmt: skip


@contextmanager
def refused() -> Iterator[str]:
    yield f"http://127.0.0.1:{free_port()}"


@contextmanager
def silent() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def nameless() -> Iterator[str]:
    yield "https://no-such-name.invalid"


def lines(caplog: pytest.LogCaptureFixture, event: str) -> list[tuple[str, dict[str, Any]]]:
    found = [record for record in caplog.records if record.getMessage() == event]
    return [(record.levelname, record.__dict__["fields"]) for record in found]


@pytest.mark.parametrize(
    ("pingone", "cause", "words"),
    [
        (refused, "refused", "Connection refused"),
        (silent, "time", "in time"),
        (nameless, "name", "name resolution|Name or service|nodename"),
    ],
    ids=["refused", "time", "name"],
)
def test_pingone_away_is_a_warning_with_its_cause(tmp_path: Path, caplog, pingone, cause: str, words: str) -> None:
    """In the line of the refusal, beside the id of the request; the story of it says the same in words."""
    with pingone() as base:
        settings = Settings.from_env({**ENVIRON, "PINGONE_AUTH_BASE_URL": base, "INSTANCE_PATH": str(tmp_path)})
        services = wiring.build(settings, deadline=0.4)
        client = create_app(services=services).test_client()
        with caplog.at_level(logging.INFO):
            answer = client.get("/sign-on/redirectless", base_url="http://localhost:8000")
        found = re.search(r'href="(/traces/[^".]+)"', answer.text)
        assert found
        story = client.get(found[1], base_url="http://localhost:8000").text
        services.close()
    assert 503 == answer.status_code
    [(level, said)] = lines(caplog, "refused")
    assert ("WARNING", "provider_unreachable", cause) == (level, said["code"], said["cause"])
    assert re.search(words, story)
    assert said["request"] == answer.headers["X-Request-Id"]


def test_a_store_away_is_an_error_and_a_lost_visitor_is_neither(tmp_path: Path, caplog) -> None:
    """Nobody but the operator can mend the store; a wrong address is nobody's fault."""
    (tmp_path / "instance").write_text("a file where a folder should be")
    given = {"PINGONE_CLIENT_ID": "", "SIMULATOR": "on", "INSTANCE_PATH": str(tmp_path / "instance")}
    services = wiring.build(Settings.from_env({**ENVIRON, **given}))
    client = create_app(services=services).test_client()
    with caplog.at_level(logging.INFO):
        client.get("/sign-on/hosted", base_url="http://localhost:8000")
        client.get("/nowhere", base_url="http://localhost:8000")
    services.close()
    found = [(level, said["code"]) for level, said in lines(caplog, "refused")]
    assert [("ERROR", "store_unavailable"), ("INFO", "not_found")] == found
