"""Refresh by three processes with twenty threads each, at once, over stores that they really share."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support.provider import Provider
from webapp.store.protocol import Store
from webapp.store.redis_store import RedisStore
from webapp.store.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, THREADS = 3, 20


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.redis)])
def shared(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[Store]:
    """The store of the installation, where every process finds it by its settings."""
    store: Store
    if request.param == "redis":
        site.environ["REDIS_URL"] = request.getfixturevalue("redis_url")
        store = RedisStore(site.environ["REDIS_URL"])
    else:
        store = SqliteStore(tmp_path / "state.sqlite", site.clock)
    site.store.store = store
    yield store
    store.close()  # type: ignore[attr-defined]


def press_together(site: Site, cookie: str, meanwhile: Callable[[], None], page: str = "") -> list[list[Any]]:
    """Let all press refresh at once, or open `page`; `meanwhile` happens while PingOne holds its answer back.

    PingOne answers when everybody has looked at the session: whoever came later would rightly refresh again.
    """
    command = [sys.executable, str(Path(__file__).with_name("presser.py"))]
    told = {"environ": site.environ, "cookie": cookie, "threads": THREADS, "templates": site.compiled.directory}
    orders = json.dumps({**told, "page": page})
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    everybody = threading.Event()

    def hold() -> None:
        everybody.wait(10)
        meanwhile()

    site.provider.before["refresh"] = hold
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes))
            for _ in range(PROCESSES)
        ]
        for process in crowd:
            process.stdin.write(f"{orders}\n")
            process.stdin.flush()
        assert PROCESSES * ["ready\n"] == [process.stdout.readline() for process in crowd]
        for process in crowd:
            process.stdin.write("go\n")
            process.stdin.flush()
        assert PROCESSES * ["opened\n"] == [process.stdout.readline() for process in crowd]
        everybody.set()
        return [result for process in crowd for result in json.loads(process.stdout.readline())]


def test_one_token_call_and_all_see_the_new_tokens(site: Site, provider: Provider, shared: Store) -> None:
    """Sixty presses spend the refresh token once; a replay would have ended the session at PingOne."""
    browser = site.signed_on()
    old = set(provider._answers.access_tokens)
    results = press_together(site, cookie_values(browser)["session"], lambda: None)
    (newest,) = set(provider._answers.access_tokens) - old
    assert PROCESSES * THREADS * [[303, "", newest]] == results
    assert 1 == provider.ledger.count("refresh")
    assert [] == provider.complaints


def test_a_sign_off_in_the_middle_wins(site: Site, provider: Provider, shared: Store) -> None:
    """Nobody is signed in afterwards, and the refresh token that was being issued is revoked with the old one."""
    browser = site.signed_on()
    (spent,) = provider._answers.refresh_tokens
    cookie = cookie_values(browser)["session"]
    results = press_together(site, cookie, lambda: browser.post("/sign-off", follow=False) and None)
    assert PROCESSES * THREADS * [[401, "session_ended", ""]] == results
    (newest,) = provider._answers.refresh_tokens
    assert {spent, newest} == {call.params["token"] for call in provider.ledger.of("revoke")}
    assert 1 == provider.ledger.count("refresh")
    assert not browser.signed_in
