"""What strangers leave in a store is bounded: by number and bytes, in every store, across processes."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.conftest import Clock, let_time_pass_in_redis
from webapp.store import Store
from webapp.store import sqlite_statements as sql
from webapp.store.memory import MemoryStore
from webapp.store.protocol import Put
from webapp.store.redis_store import RedisStore
from webapp.store.rooms import ROOMS, SLOT, room_of, slots
from webapp.store.sqlite import SqliteStore

ROOM = {"attempt": 20}


@dataclass(frozen=True)
class Shared:
    """Two processes' stores on the same records; in memory there is one process."""

    one: Store
    two: Store
    advance: Callable[[float], None]


@pytest.fixture(params=["memory", "sqlite", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    """Each of the three stores, with little room for attempts."""
    clock = Clock()
    if request.param == "memory":
        memory = MemoryStore(clock, rooms=ROOM)
        yield Shared(memory, memory, clock.advance)
    elif request.param == "sqlite":
        files = [SqliteStore(tmp_path / "state.sqlite", clock, rooms=ROOM) for _ in range(2)]
        yield Shared(*files, clock.advance)
        for file in files:
            file.close()
    else:
        url = request.getfixturevalue("redis_url")
        servers = [RedisStore(url, rooms=ROOM) for _ in range(2)]
        yield Shared(*servers, lambda seconds: let_time_pass_in_redis(url, seconds))
        for server in servers:
            server.close()


def begin(shared: Shared, first: int, last: int, value: bytes = b"1") -> None:
    """Begin sign-ons, by turns in both processes, each living a moment longer than the one before."""
    for number in range(first, last):
        (shared.one, shared.two)[number % 2].put(f"attempt:{number}", value, 900 + number)


def open_attempts(shared: Shared, most: int = 100) -> list[int]:
    return [number for number in range(most) if shared.one.get(f"attempt:{number}") is not None]


def test_strangers_push_out_their_oldest_and_nobody_who_is_signed_on(shared):
    """Of twenty and thirty attempts the last twenty are there, and every session; who began a moment ago goes on."""
    for number in range(10):
        shared.one.put(f"session:{number}", b"1", 600)
    begin(shared, 0, 50)
    assert list(range(30, 50)) == open_attempts(shared)
    assert all(shared.two.get(f"session:{number}") for number in range(10))
    assert b"1" == shared.two.take("attempt:49")


def test_large_records_take_more_room(shared):
    """Bytes are bounded as well as numbers: of five records with four slots each, three more leave two."""
    begin(shared, 0, 5, bytes(4 * SLOT - 1))
    assert [0, 1, 2, 3, 4] == open_attempts(shared)
    begin(shared, 5, 8, bytes(4 * SLOT - 1))
    assert 7 in open_attempts(shared)
    assert len(open_attempts(shared)) <= 5


@pytest.mark.parametrize("end", ["take", "drop", "change", "expire"])
def test_what_has_ended_takes_no_room(shared, end):
    """Any number of finished sign-ons leaves the room empty: an unfinished one is not pushed out by them."""
    shared.one.put("attempt:99", b"1", 5000)
    for number in range(60):
        key = f"attempt:{number}"
        shared.one.put(key, bytes(SLOT), 6000 if end != "expire" else 10)
        if end == "change":
            shared.two.change([Put(f"session:{number}", b"1", 60)], [key])
        elif end == "expire":
            shared.advance(11)
        else:
            getattr(shared.two, end)(key)
    assert [99] == open_attempts(shared)


def test_a_record_that_goes_on_moves_to_the_end(shared):
    """Who is in the middle of a sign-on is not among the oldest: each step renews the attempt."""
    begin(shared, 0, 20)
    for _ in range(40):
        assert shared.two.replace("attempt:0", b"2", 5000, shared.one.get("attempt:0"))
    assert list(range(20)) == open_attempts(shared)
    begin(shared, 20, 30)
    assert [0, *range(11, 30)] == open_attempts(shared)


def test_sizes_are_counted_in_slots():
    """Every slot that was begun counts; an empty record has one, so numbers are bounded too."""
    assert [1, 1, 2] == [slots(bytes(size)) for size in (0, SLOT - 1, SLOT)]
    assert ("attempt", None) == (room_of("attempt:x", ROOMS), room_of("session:x", ROOMS))


@pytest.mark.parametrize("statement", [sql.EVICT, sql.SWEEP], ids=["evict", "sweep"])
def test_tidying_looks_at_few_records(tmp_path, statement):
    """Finding what is oldest in a room, or has expired anywhere, is a look into an index, however full the file is."""
    store = SqliteStore(tmp_path / "state.sqlite", rooms=ROOM)
    store.put("attempt:1", b"1", 60)
    store.close()
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    values = {"room": "attempt", "most": 1, "wall": 0.0}
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    connection.close()
    assert any("SEARCH records USING COVERING INDEX records_by_room" in step for step in plan)
    assert not [step for step in plan if "SCAN records" in step]
