"""A clock that goes back, a disk that is full, and what stays of a record that was removed."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.conftest import SECRET, Clock
from webapp.store import StoreUnavailable
from webapp.store.protocol import Put
from webapp.store.sealed import SealedStore
from webapp.store.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.sqlite"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[SqliteStore]:
    store = SqliteStore(path, clock, busy_timeout=0.05)
    yield store
    store.close()


@pytest.mark.parametrize("back", [600, 365 * 86400])
def test_a_clock_that_is_set_back_ends_nothing_early_and_makes_nothing_immortal(store, path, clock, back):
    """A held lock stays held, a mark stays, a token counts as seen: for their lifetime."""
    store.put("mark", b"1", 3600)
    store.add("lock", b"1", 30)
    clock.advance(-back)
    other = SqliteStore(path, clock)  # as another process, which did not see the clock go back
    for each in (other, store):
        assert (b"1", False) == (each.get("mark"), each.add("lock", b"2", 30))
    other.close()
    clock.advance(29)
    assert not store.add("lock", b"2", 30)
    clock.advance(2)
    assert store.add("lock", b"2", 30)
    clock.advance(3600)
    assert store.get("mark") is None


def test_a_clock_that_is_set_back_between_two_processes_shortens_nothing(store, path, clock):
    """Who was idle while the clock went back counts on from where the others were: its lock is no shorter."""
    idle = SqliteStore(path, clock)
    idle.put("key", b"1", 60)
    clock.advance(1200)
    store.put("key", b"1", 60)
    clock.advance(-600)
    assert idle.add("lock", b"1", 30)
    assert not store.add("lock", b"2", 30)
    idle.close()


def test_a_probe_finds_a_file_that_is_full(store):
    """Beginning a write is not writing: only a row that was kept and read shows that the next one will be."""
    store.put("key", b"1", 60)
    with store._file.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        connection.execute("UPDATE records SET value = zeroblob(3000)")
    with pytest.raises(StoreUnavailable) as caught:
        store.probe()
    assert "full" in caught.value.hint


def limit(store: SqliteStore) -> None:
    """Let the file grow no more, as on a full disk."""
    with store._file.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()


def test_in_a_full_file_sessions_take_the_place_of_attempts(store):
    """Strangers filled the disk: the oldest of what they left gives way, and nobody who is signed on does."""
    for number in range(300):
        store.put(f"attempt:{number}", bytes(3000), 900 + number)
    store.put("session:old", bytes(3000), 3600)
    limit(store)
    for number in range(20):
        store.put(f"session:{number}", bytes(3000), 3600)
    store.put("attempt:new", bytes(3000), 2000)
    assert all(store.get(f"session:{number}") for number in ("old", *range(20)))
    assert (None, bytes(3000), bytes(3000)) == tuple(store.get(f"attempt:{each}") for each in (0, 299, "new"))


def test_a_file_full_of_sessions_refuses_and_lets_people_sign_off(store):
    """What does not fit is not kept by half, and removing works: the room it leaves can be used."""
    store.put("session:first", bytes(3000), 3600)
    limit(store)
    with pytest.raises(StoreUnavailable) as caught:
        store.change([Put(f"session:{number}", bytes(3000), 60) for number in range(5)], ["session:first"])
    assert "full" in caught.value.hint
    assert [bytes(3000), None, None] == [store.get(f"session:{each}") for each in ("first", 0, 4)]
    assert store.take("session:first")
    store.put("session:next", bytes(3000), 60)
    assert store.get("session:next")


ON_A_FULL_DISK = """
import os, sys, shutil
sys.path.insert(0, sys.argv[2])
from webapp.store.sqlite import SqliteStore
from webapp.store.protocol import StoreUnavailable
store = SqliteStore(sys.argv[1] + "/store.sqlite")
for number in range(200):
    store.put(f"session:{number}", bytes(3000), 3600)
with open(sys.argv[1] + "/filler", "wb", buffering=0) as filler:
    try:
        while filler.write(bytes(4096)): pass
    except OSError: pass
refused = 0
for number in range(2000):
    try: store.put(f"more:{number}", os.urandom(3000), 3600)
    except StoreUnavailable: refused += 1
gone = sum(store.drop(f"session:{number}") for number in range(200))
print(shutil.disk_usage(sys.argv[1]).total >> 20, refused > 0, gone)
"""


def test_on_a_full_disk_people_can_sign_off(tmp_path):
    """A real file system without a byte left: writing is refused, and all two hundred sessions can be removed."""
    script = f'mount -t tmpfs -o size=12m none "{tmp_path}" && exec "{sys.executable}" -c "$0" "{tmp_path}" "{ROOT}"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, ON_A_FULL_DISK]
    if subprocess.run([*command[:4], "mount", "-t", "tmpfs", "none", str(tmp_path)], capture_output=True).returncode:
        pytest.skip("NOT TESTED: this machine lets nobody mount a small disk")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ("12 True 200\n", "") == (done.stdout, done.stderr)


def test_a_removed_record_is_not_in_the_file(store, path):
    """Who steals file and key later finds no session that was signed off."""
    sealed = SealedStore(store, SECRET)
    sealed.put("session", "id", {"token": "x" * 500}, 60)
    sealed.put("session", "other", {"token": "y" * 500}, 60)
    (value,) = [store.get(name) for name in sealed._keyring.names("session", "id")]
    store.close()
    assert value in path.read_bytes()
    sealed.drop("session", "id")
    store.close()
    assert value[:100] not in path.read_bytes()


def test_a_file_of_an_earlier_release_is_begun_again(path, clock):
    """Its table has other columns: the first process that opens it makes the new ones, and those beside it use them."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE records (key TEXT PRIMARY KEY, value BLOB, written REAL, expires REAL)")
        connection.execute("INSERT INTO records VALUES ('session:1', x'00', 0, 1e12)")
        connection.commit()
    stores = [SqliteStore(path, clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert [True] * 8 == list(pool.map(lambda at: stores[at].add(f"session:new {at}", b"1", 60), range(8)))
    assert all(stores[0].get(f"session:new {at}") for at in range(8))
    assert stores[0].get("session:1") is None
    for store in stores:
        store.close()
