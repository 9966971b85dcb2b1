"""One refusal, found in PingOne's logs and in ours: our id goes out with every call, PingOne's comes in."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from config import Settings
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.oidc.http import Answer
from webapp.oidc.wire import reference_in, said
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
ONE = "6f2b9f4e-0f0e-4f0f-9a55-0d5b1b8c7a01"


class Site:
    """The application with its simulator, and the transaction ids that the simulator was sent."""

    def __init__(self, **environ: str) -> None:
        settings = Settings.from_env({"SECRET_KEY": KEY, "SIMULATOR": "on", "LOG_FORMAT": "json", **environ})
        simulator = create_simulator(settings.simulator_base, public_url=settings.public_url)
        inner, self.sent = simulator.wsgi_app, list[tuple[str, str]]()

        def listening(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            self.sent.append((environ["PATH_INFO"], environ.get("HTTP_X_PING_EXTERNAL_TRANSACTION_ID", "")))
            return inner(environ, start)

        simulator.wsgi_app = listening  # type: ignore[method-assign]
        self.services = wiring.build(settings, store=MemoryStore(), simulator=simulator)
        self.walker = Walker(create_app(settings, self.services), settings.public_url, settings.simulator_base)


def test_every_call_carries_the_id_of_its_request() -> None:
    """The id in our answer and log line is the one that PingOne is told; visitors of PingOne carry none."""
    site = Site()
    answers = list[str]()
    site.walker.heard = lambda answer: answers.append(answer.headers["X-Request-Id"])
    site.walker.sign_on("redirectless")
    ours = {sent for path, sent in site.sent if "/as/token" in path or "/flows/" in path or "/as/authorize" in path}
    assert ours and ours <= set(answers)
    assert all(re.fullmatch("[0-9a-f]{16}", sent) for sent in ours)


def test_a_refusal_has_both_ids_in_log_and_story(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong secret: the token endpoint's words end with PingOne's id."""
    site = Site(
        PINGONE_CLIENT_ID="2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a01",
        PINGONE_CLIENT_SECRET="wrong",
        PINGONE_TOKEN_AUTH_METHOD="client_secret_basic",
    )
    page = site.walker.sign_on("redirectless")
    refused = [line for line in capsys.readouterr().err.splitlines() if '"event": "refused"' in line]
    assert 1 == len(refused)
    theirs = re.search(rf'"pingone": "({UUID})"', refused[0])
    own = re.search(r'"request": "([0-9a-f]{16})"', refused[0])
    assert theirs and own
    found = re.search(r'href="(/traces/[^".]+)"', page.text)
    assert found
    story = site.walker.get(found[1]).text
    line = story.partition("To find this in logs:")[2].partition("</p>")[0]
    assert theirs[1] in line
    assert own[1] in line


@pytest.mark.parametrize(
    ("members", "reference"),
    [
        ({"error_description": f"Request denied (Correlation ID: {ONE})"}, ONE),
        ({"id": ONE, "code": "NOT_FOUND"}, ONE),
        ({"id": "42"}, ""),
        ({"id": f"{ONE}\r\nX: y"}, ""),
        ({"error_description": f"(Correlation ID: {ONE[:-1]}"}, ""),
        ({"error_description": 7, "id": [ONE]}, ""),
        ({}, ""),
    ],
)
def test_only_a_uuid_is_a_reference(members: dict[str, Any], reference: str) -> None:
    """What comes in is somebody else's: 36 characters of a known shape, or nothing."""
    assert reference == reference_in(members)


def test_a_platform_error_at_an_oauth_endpoint_is_referred_to() -> None:
    """Userinfo refuses in the other shape."""
    answer = Answer(400, (), f'{{"id":"{ONE}","code":"INVALID_REQUEST","message":"no"}}'.encode())
    assert ("HTTP 400", ONE) == (said(answer).error, said(answer).reference)
