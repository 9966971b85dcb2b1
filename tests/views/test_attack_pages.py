"""The pages that tell the attacks: whole, linked, and honest about what can be tried."""

import re

import pytest

from config import Settings
from tests.support.overheard import Reader
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore
from webapp.views.attacks import recorded

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def page(reader: Reader, path: str) -> tuple[int, str]:
    answer = reader.client.get(path, base_url=reader.public_url)
    return answer.status_code, answer.text


def test_the_list_leads_to_every_attack_once(reader: Reader) -> None:
    """The five to begin with are not told twice."""
    status, text = page(reader, "/attacks")
    assert 200 == status
    assert sorted(recorded()) == sorted(re.findall(r'href="/attacks/([a-z-]+)"', text))


@pytest.mark.parametrize("name", recorded())
def test_a_story_has_both_views_both_ends_and_the_line(reader: Reader, name: str) -> None:
    """Mallory and Alice, the twin and us, the twin's line and ours with its place."""
    record = recorded()[name]
    status, text = page(reader, f"/attacks/{name}")
    assert 200 == status
    plain = text.replace("&#39;", "'").replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
    told = [
        *record["mallory"],
        *record["alice"],
        record["twin"]["seen"],
        record["here"]["seen"],
        record["twin"]["line"],
    ]
    assert [] == [each for each in told if each not in plain]
    assert re.search(r"webapp/[a-z_/]+\.py, line \d+", text)
    assert bool(record["fault"]) == ("Try it live" in text)


def test_without_the_simulator_there_is_nothing_to_try() -> None:
    """A tenant makes no faults on request."""
    tenant = {"PINGONE_AUTH_BASE_URL": "http://127.0.0.1:9/auth", "PINGONE_CLIENT_ID": "x", "SECRET_KEY": KEY}
    services = wiring.build(Settings.from_env(tenant), store=MemoryStore())
    answer = (
        create_app(services=services).test_client().get("/attacks/unsigned-token", base_url="http://localhost:8000")
    )
    services.close()
    assert (200, False) == (answer.status_code, "Try it live" in answer.text)


def test_an_attack_that_was_not_recorded_is_not_found(reader: Reader) -> None:
    """A name of somebody's own."""
    assert 404 == page(reader, "/attacks/no-such-attack")[0]
