"""What only a file can do: be readable for others, be damaged, be locked, be gone."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.conftest import Clock
from webapp.store import StoreUnavailable, sqlite, sqlite_file
from webapp.store.sqlite import SWEEP_EVERY, SqliteStore


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


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_the_file(store, path):
    """Directory, file and the files beside it are for this user only, whatever the umask is."""
    before = os.umask(0)
    try:
        store.put("key", b"1", 60)
        modes = {each.name: mode(each) for each in [path.parent, *path.parent.iterdir()]}
    finally:
        os.umask(before)
    files = dict.fromkeys((f"store.sqlite{end}" for end in ("", "-wal", "-shm", "-reserve")), 0o600)
    assert {"state": 0o700, **files} == modes


def test_a_file_that_others_can_read_is_made_private(store, path):
    """A file from a restored backup is closed to others; a directory that was there is left as it is."""
    path.parent.mkdir(mode=0o755)
    path.touch(mode=0o644)
    store.put("key", b"1", 60)
    assert (0o755, 0o600) == (mode(path.parent), mode(path))


def test_the_constructor_touches_nothing(store, path):
    """Only the first call opens the file: a server may fork in between."""
    assert not path.parent.exists()
    assert store.get("key") is None
    assert path.exists()


def test_records_outlive_the_process(store, path, clock):
    """Another store on the same file reads what the first one wrote."""
    store.put("key", b"1", 60)
    store.close()
    later = SqliteStore(path, clock)
    assert b"1" == later.get("key")
    later.close()


def test_a_damaged_file_is_a_clear_fault_and_deleting_it_the_cure(store, path):
    """Random bytes are no database; when the operator deletes them the same store goes on."""
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to look at" * 100)
    for call in (store.probe, lambda: store.get("key"), lambda: store.put("key", b"1", 60)):
        with pytest.raises(StoreUnavailable) as caught:
            call()
        assert str(path) in str(caught.value)
        assert "delete it" in caught.value.hint
    path.unlink()
    store.put("key", b"1", 60)
    assert b"1" == store.get("key")


def test_a_deleted_file_is_noticed(store, path, clock):
    """Without this, processes from before and after would see different sessions."""
    store.put("key", b"1", 60)
    for each in list(path.parent.iterdir()):
        each.unlink()
    assert store.get("key") is None
    store.put("key", b"2", 60)
    newcomer = SqliteStore(path, clock)
    assert b"2" == newcomer.get("key")
    newcomer.close()


def test_a_lock_held_too_long_is_a_clear_fault_and_passes(store, path):
    """A backup program that locks the file means 'not now', not an empty store."""
    store.put("key", b"1", 60)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for call in (store.probe, lambda: store.take("key"), lambda: store.put("key", b"2", 60)):
        with pytest.raises(StoreUnavailable) as caught:
            call()
        assert "Another process" in caught.value.hint
    other.execute("ROLLBACK")
    other.close()
    assert b"1" == store.take("key")


def test_the_first_call_waits_for_whoever_sets_the_file_up(path):
    """The change to a write-ahead log does not wait for locks by itself; workers that start together would fail."""
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE something (column)")
    other.execute("BEGIN IMMEDIATE")
    commit = threading.Timer(0.1, other.execute, ["COMMIT"])
    commit.start()
    store = SqliteStore(path)
    store.put("key", b"1", 60)
    assert b"1" == store.get("key")
    commit.join()
    other.close()
    store.close()


def test_a_file_that_stays_locked_is_unavailable(path):
    """The change to a write-ahead log waits as long as any write would, and no longer."""
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE something (column)")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        SqliteStore(path, busy_timeout=0.05).put("key", b"1", 60)
    other.close()


def test_writers_wait_their_turn_but_not_for_ever(store, path):
    """A thread that hangs while it writes makes the others unavailable, not stuck."""
    with store._file.writing(), pytest.raises(StoreUnavailable, match="too many writers"):
        store.put("key", b"1", 60)
    store.put("key", b"1", 60)


@pytest.mark.parametrize("place", ["below a file", "a directory"])
def test_a_place_that_cannot_be_written_is_a_clear_fault(tmp_path, place):
    """The sentence names the file, the hint says what to look at."""
    path = tmp_path / "state" / "store.sqlite"
    if place == "a directory":
        path.mkdir(parents=True)
    else:
        path.parent.write_text("a file where the directory should be")
    with pytest.raises(StoreUnavailable, match=r"store\.sqlite") as caught:
        SqliteStore(path).probe()
    assert "writable" in caught.value.hint


def test_a_probe_finds_a_file_that_can_only_be_read(store, path):
    """A store that answers but cannot keep anything is not ready."""
    store.put("key", b"1", 60)
    store.close()
    # Permissions do not stop a superuser who runs the tests; a write version that SQLite does not know does.
    # https://sqlite.org/fileformat2.html#file_format_version_numbers
    with path.open("r+b") as file:
        file.seek(18)
        file.write(b"\x03")
    assert b"1" == store.get("key")
    with pytest.raises(StoreUnavailable) as caught:
        store.probe()
    assert "writable" in caught.value.hint


def test_expired_records_leave_the_file(store, path, clock):
    """Records that nobody asks for again are removed now and then by those that are written."""
    for number in range(10):
        store.put(f"{('old', 'attempt')[number % 2]}:{number}", b"1", 1)
    other = sqlite3.connect(path)
    clock.advance(SWEEP_EVERY - 1)
    store.put("not yet", b"1", 60)  # A write pays for its own; only now and then one tidies up.
    assert [(11,)] == other.execute("SELECT count(*) FROM records").fetchall()
    clock.advance(2)
    store.put("new", b"1", 60)
    assert [("new",), ("not yet",)] == sorted(other.execute("SELECT key FROM records").fetchall())
    other.close()


def test_a_touch_that_changes_little_is_no_write(store, path, clock):
    """Page views within seconds of each other do not write each time."""
    store.put("key", b"1", 1800)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # so that a write would fail
    clock.advance(5)
    assert store.touch("key", 1800)
    clock.advance(60)
    with pytest.raises(StoreUnavailable):
        store.touch("key", 1800)
    other.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="NOT TESTED: open files cannot be listed here")
def test_a_thread_per_request_does_not_open_a_connection_each(store, path):
    """Connections are lent, not tied to threads that come and go."""
    for number in range(50):
        thread = threading.Thread(target=store.put, args=(f"key {number}", b"1", 60))
        thread.start()
        thread.join()
    descriptors = [Path(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd")]
    assert 1 == [os.path.realpath(each) for each in descriptors].count(str(path))


def test_a_library_that_is_too_old_is_named(path, monkeypatch):
    """Without RETURNING every call would fail in its own way; the first one says what to install."""
    monkeypatch.setattr(sqlite_file, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreUnavailable, match="too old") as caught:
        SqliteStore(path).probe()
    assert "Install" in caught.value.hint


def test_a_disk_that_is_nearly_full_is_told_while_there_is_room(store, monkeypatch):
    """An operator has time to act; otherwise there is nothing to say."""
    store.put("key", b"1", 60)  # Which makes the folder.
    assert [] == store.advice()
    monkeypatch.setattr(sqlite, "SCARCE", 1 << 62)
    [advice] = store.advice()
    assert "make room" in advice


def test_a_file_that_is_made_is_read_while_somebody_writes(store, path, clock):
    """A process that starts then needs no lock to find its records."""
    store.put("key", b"1", 60)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    late = SqliteStore(path, clock, busy_timeout=0.1)
    assert b"1" == late.get("key")
    late.close()
    other.close()
