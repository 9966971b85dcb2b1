"""Stores that several processes share: one winner each time, whoever asks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from webapp.store import Store
from webapp.store.redis_store import RedisStore
from webapp.store.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, KEYS = 4, 150


@pytest.fixture(params=["sqlite", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Store]]:
    """Where the store is, and the store itself."""
    if request.param == "sqlite":
        where = str(tmp_path / "state" / "store.sqlite")
        sqlite = SqliteStore(where)
        yield where, sqlite
        sqlite.close()
    else:
        where = request.getfixturevalue("redis_url")
        on_redis = RedisStore(where)
        yield where, on_redis
        on_redis.close()


def race(where: str) -> list[dict[str, list[int]]]:
    """Let the processes run at once and return what each of them won."""
    command = [sys.executable, str(Path(__file__).with_name("contender.py")), where, str(KEYS)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with ExitStack() as stack:
        contenders = [
            stack.enter_context(
                subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(PROCESSES)
        ]
        for contender in contenders:
            assert contender.stdout
            assert contender.stdout.readline() == "ready\n"
        results = []
        for contender in contenders:
            assert contender.stdin
            contender.stdin.write("go\n")
            contender.stdin.flush()
        for contender in contenders:
            output, _ = contender.communicate(timeout=60)
            assert contender.returncode == 0
            results.append(json.loads(output))
        return results


def test_of_several_processes_one_wins(shared):
    """Every record is taken by exactly one process, every lock is held by exactly one."""
    where, store = shared
    for number in range(KEYS):
        store.put(f"key {number}", b"1", 60)
    results = race(where)
    everything = list(range(KEYS))
    for won in ("took", "locked"):
        assert everything == sorted(number for result in results for number in result[won])


def test_processes_that_start_together_share_a_new_file(tmp_path):
    """Workers of a fresh installation all find the file missing, and none of them fails."""
    results = race(str(tmp_path / "not" / "there" / "yet.sqlite"))
    assert list(range(KEYS)) == sorted(number for result in results for number in result["locked"])


FORK = """
import os, sys
from webapp.store.sqlite import SqliteStore
opened = []
sys.addaudithook(lambda event, arguments: opened.append(os.getpid()) if event == "sqlite3.connect" else None)
store = SqliteStore(sys.argv[1])
store.put("before", b"1", 60)
child = os.fork()
if child == 0:
    assert store.take("before") == b"1"
    store.put("child", b"2", 60)
    assert opened.count(os.getpid()) == 1, opened
    store.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert store.get("before") is None
assert store.get("child") == b"2"
store.put("after", b"3", 60)
assert opened == [os.getpid()], opened
store.close()
"""


def test_a_forked_child_opens_the_file_itself(tmp_path):
    """A server that forks its workers after it used the store damages nothing, and both sides go on."""
    path = tmp_path / "store.sqlite"
    command = [sys.executable, "-W", "error", "-c", FORK, str(path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    store = SqliteStore(path)
    assert (b"2", b"3") == (store.get("child"), store.get("after"))
    store.close()
