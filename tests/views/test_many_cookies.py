"""A browser may send a thousand cookies that look like ours: the work of a request does not grow with them."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask

from config import Settings
from tests.support.counting_store import CountingStore
from tests.views.conftest import ENVIRON
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore

HANDLES = [f"{0x6B000000 + number:08x}AAAAAAAA" for number in range(1_000)]
COOKIES = "; ".join(f"so.{handle}={'s' * 43}" for handle in HANDLES)
MOST_READS = 17
"""Of one request: three for each of the five newest cookies (as an open sign-on, one that signed on and one that was
refused), and the session."""


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[Flask, CountingStore]]:
    """An application whose store counts."""
    settings = Settings.from_env(ENVIRON)
    store = CountingStore(MemoryStore())
    simulator = create_simulator(settings.simulator_base, public_url=settings.public_url)
    services = wiring.build(settings, store=store, simulator=simulator)
    yield create_app(settings, services), store
    services.close()


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every method and address of the application's own pages, about the newest cookie's attempt."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<{argument}>", HANDLES[-1]).replace(f"<path:{argument}>", HANDLES[-1])
            found += [(method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def test_a_thousand_cookies_cost_no_more_reads_than_five(counted: tuple[Flask, CountingStore]) -> None:
    """On every route, whether it looks for stories, for attempts or for neither."""
    app, store = counted
    asked = {"/callback": f"?state={HANDLES[0]}.x&code=y", "/resume": "?flowId=d5dee5a9-2f6f-4d4c-8e0a-1f2f3f4f5f6f"}
    asked["/sign-on/page"] = f"?environmentId={'a' * 36}&flowId=d5dee5a9-2f6f-4d4c-8e0a-1f2f3f4f5f6f"
    found = {}
    for method, path in routes(app):
        store.calls.clear()
        answer = app.test_client(use_cookies=False).open(
            path + asked.get(path, ""),
            method=method,
            base_url="http://localhost:5997",
            headers={"Cookie": COOKIES, "Sec-Fetch-Site": "same-origin"},
        )
        assert len(answer.headers.getlist("Set-Cookie")) <= 8, path
        found[f"{method} {path}"] = Counter(store.calls).total()
    assert "GET /checks" in found
    assert {} == {route: reads for route, reads in found.items() if reads > MOST_READS}


def test_the_page_of_checks_reads_each_story_once(counted: tuple[Flask, CountingStore]) -> None:
    """The five newest cookies, one read each of what may be there."""
    app, store = counted
    store.calls.clear()
    app.test_client(use_cookies=False).get("/checks", base_url="http://localhost:5997", headers={"Cookie": COOKIES})
    assert {"get attempt": 5, "get story": 5, "get trace": 5} == Counter(store.calls)


def test_the_newest_cookies_are_the_ones_that_count(counted: tuple[Flask, CountingStore]) -> None:
    """An honest sign-on goes on among a thousand leftovers."""
    app, _ = counted
    client = app.test_client()
    for handle in HANDLES[:900:30]:
        client.set_cookie(f"so.{handle}", "s" * 43, domain="localhost")
    begun = client.get("/sign-on/redirectless", base_url="http://localhost:5997")
    assert 303 == begun.status_code
    assert 200 == client.get(begun.headers["Location"], base_url="http://localhost:5997").status_code
