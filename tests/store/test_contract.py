"""What every store promises, whatever keeps its records and whether they are sealed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.store import Store


def test_returns_the_bytes_that_were_put(any_shelf):
    """Every byte value, nothing at all, and a large value come back as they were."""
    for value in (bytes(range(256)), b"", b"\r\n$5\r\n\x00" * 50_000):
        any_shelf.store.put("key", value, 60)
        assert value == any_shelf.store.get("key")


def test_an_absent_key_is_nothing(any_shelf):
    """Reading, taking, replacing and dropping what is not there says so."""
    store = any_shelf.store
    assert (None, None, False, False) == (
        store.get("key"),
        store.take("key"),
        store.replace("key", b"1", 60),
        store.drop("key"),
    )
    assert store.get("key") is None


def test_put_overwrites(any_shelf):
    """The later value counts."""
    any_shelf.store.put("key", b"1", 60)
    any_shelf.store.put("key", b"2", 60)
    assert b"2" == any_shelf.store.get("key")


def test_add_leaves_a_present_record_alone(any_shelf):
    """Only the first of two adds succeeds, and its value stays."""
    assert any_shelf.store.add("key", b"1", 60)
    assert not any_shelf.store.add("key", b"2", 60)
    assert b"1" == any_shelf.store.get("key")


def test_replace_changes_a_present_record(any_shelf):
    """A record that is there takes the new value."""
    any_shelf.store.put("key", b"1", 60)
    assert any_shelf.store.replace("key", b"2", 60)
    assert b"2" == any_shelf.store.get("key")


def test_replace_of_what_was_seen_changes_nothing_else(any_shelf):
    """A request that looked a moment ago does not overwrite what another one has written, or bring it back."""
    store = any_shelf.store
    store.put("key", b"1", 60)
    assert [True, False] == [store.replace("key", value, 60, b"1") for value in (b"2", b"3")]
    assert b"2" == store.take("key")
    assert (False, None) == (store.replace("key", b"4", 60, b"2"), store.get("key"))


def test_replace_does_not_bring_a_dropped_record_back(any_shelf):
    """A slow request that saves a session after its sign-off changes nothing."""
    any_shelf.store.put("key", b"1", 60)
    assert any_shelf.store.drop("key")
    assert not any_shelf.store.replace("key", b"2", 60)
    assert any_shelf.store.get("key") is None


def test_take_hands_out_once(any_shelf):
    """The second take finds nothing."""
    any_shelf.store.put("key", b"1", 60)
    assert b"1" == any_shelf.store.take("key")
    assert any_shelf.store.take("key") is None


def test_keys_do_not_disturb_each_other(any_shelf):
    """Removing one record leaves its neighbours."""
    for key in ("a", "ab", "b"):
        any_shelf.store.put(key, key.encode(), 60)
    any_shelf.store.drop("a")
    assert (None, b"ab", b"b") == tuple(any_shelf.store.get(key) for key in ("a", "ab", "b"))


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (lambda store: store.get("key"), None),
        (lambda store: store.take("key"), None),
        (lambda store: store.drop("key"), False),
        (lambda store: store.replace("key", b"2", 60), False),
        (lambda store: store.touch("key", 60), None),
        (lambda store: store.add("key", b"2", 60), True),
    ],
    ids=["get", "take", "drop", "replace", "touch", "add"],
)
def test_an_expired_record_is_absent(any_shelf, look: Callable[[Store], object], expected: object):
    """After its lifetime a record is gone for every method; a moment before, it is there."""
    any_shelf.store.put("key", b"1", 30)
    any_shelf.advance(29)
    assert b"1" == any_shelf.store.get("key")
    any_shelf.advance(1.5)
    assert expected == look(any_shelf.store)


@pytest.mark.parametrize("lifetime", [30, 1800])
def test_touch_lengthens_a_lifetime_and_leaves_the_value(any_shelf, lifetime: int):
    """A session that is used every now and then lives on, unchanged, however short its idle time is."""
    any_shelf.store.put("key", b"1", lifetime)
    for _ in range(5):
        any_shelf.advance(lifetime * 0.6)
        assert b"1" == any_shelf.store.touch("key", lifetime)
    assert b"1" == any_shelf.store.get("key")
    any_shelf.advance(lifetime + 1)
    assert not any_shelf.store.touch("key", lifetime)


def test_touch_shortens_a_lifetime(any_shelf):
    """The end of the absolute lifetime counts although the idle time would last longer."""
    any_shelf.store.put("key", b"1", 1800)
    assert any_shelf.store.touch("key", 60)
    any_shelf.advance(61)
    assert any_shelf.store.get("key") is None


def test_touch_does_not_bring_a_dropped_record_back(any_shelf):
    """Looking at a page while signing off in another tab keeps nobody signed in."""
    any_shelf.store.put("key", b"1", 60)
    any_shelf.store.drop("key")
    assert not any_shelf.store.touch("key", 60)
    assert any_shelf.store.get("key") is None


@pytest.mark.parametrize("write", ["put", "replace"])
def test_writing_again_begins_a_new_lifetime(any_shelf, write: str):
    """A record lives for the lifetime of its last write."""
    any_shelf.store.put("key", b"1", 30)
    any_shelf.advance(20)
    getattr(any_shelf.store, write)("key", b"2", 30)
    any_shelf.advance(20)
    assert b"2" == any_shelf.store.get("key")


def test_a_failed_add_does_not_lengthen_a_lifetime(any_shelf):
    """Somebody who waits for a lock must not keep it alive by asking."""
    any_shelf.store.add("key", b"1", 30)
    any_shelf.advance(20)
    any_shelf.store.add("key", b"2", 30)
    any_shelf.advance(11)
    assert any_shelf.store.get("key") is None


@pytest.mark.parametrize("ttl", [0, -1, -1e9])
def test_a_lifetime_that_is_over_keeps_nothing(any_shelf, ttl: float):
    """A session whose last second has passed while it was saved is gone, and no error."""
    store = any_shelf.store
    assert not store.add("new", b"1", ttl)
    for write in (store.put, store.replace):
        store.put("key", b"1", 60)
        assert not write("key", b"2", ttl)
        assert store.get("key") is None
    store.put("key", b"1", 60)
    assert not store.touch("key", ttl)
    assert store.get("key") is None
    assert store.get("new") is None


@pytest.mark.parametrize("ttl", [float("nan"), float("inf")])
@pytest.mark.parametrize("write", ["put", "add", "replace", "touch"])
def test_a_lifetime_must_be_a_number(any_shelf, write: str, ttl: float):
    """Neither an immortal record nor a comparison with NaN, which is always false."""
    value = () if write == "touch" else (b"1",)
    with pytest.raises(ValueError, match="finite"):
        getattr(any_shelf.store, write)("key", *value, ttl)


def test_less_than_a_millisecond_is_a_lifetime(any_shelf):
    """Rounding down to nothing would be refused by Redis."""
    assert any_shelf.store.add("key", b"1", 0.0001)


def test_release_removes_only_what_it_expects(shelf):
    """Who lost a lock to somebody else cannot open it; who holds it opens it once."""
    shelf.store.put("lock", b"theirs", 60)
    assert not shelf.store.release("lock", b"ours")
    assert b"theirs" == shelf.store.get("lock")
    assert shelf.store.release("lock", b"theirs")
    assert not shelf.store.release("lock", b"theirs")
    assert shelf.store.get("lock") is None


def test_an_expired_lock_cannot_be_released(shelf):
    """The holder learns that its time was over."""
    shelf.store.put("lock", b"ours", 30)
    shelf.advance(31)
    assert not shelf.store.release("lock", b"ours")


def test_probe_of_a_store_at_work_is_silent(shelf):
    """It returns, and leaves nothing behind."""
    shelf.store.probe()
    shelf.store.probe()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda store, key, me: store.take(key) is not None,
        lambda store, key, me: store.drop(key),
        lambda store, key, me: store.add(f"{key}-lock", me, 60),
        lambda store, key, me: store.replace(key, me + b"!", 60, b"1"),
    ],
    ids=["take", "drop", "add", "replace"],
)
def test_of_sixteen_threads_one_wins(any_shelf, attempt: Callable[[Store, str, bytes], bool]):
    """An authorization response that arrives sixteen times at once is used once; a lock has one holder."""
    threads, rounds = 16, 10
    together = threading.Barrier(threads)
    keys = [f"key {number}" for number in range(rounds)]
    for key in keys:
        any_shelf.store.put(key, b"1", 60)

    def run(thread: int) -> list[bool]:
        won = []
        for key in keys:
            together.wait(30)
            won.append(attempt(any_shelf.store, key, str(thread).encode()))
        return won

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(run, range(threads)))
    assert [1] * rounds == [sum(column) for column in zip(*results, strict=True)]


def test_replace_never_beats_a_drop(any_shelf):
    """However sign-off and saves interleave, nothing is left once the sign-off was answered."""
    store = any_shelf.store
    for number in range(20):
        key = f"key {number}"
        store.put(key, b"1", 60)
        together = threading.Barrier(5)

        def save(key: str = key, together: threading.Barrier = together) -> None:
            together.wait(30)
            for _ in range(5):
                store.replace(key, b"2", 60)

        savers = [threading.Thread(target=save) for _ in range(4)]
        for saver in savers:
            saver.start()
        together.wait(30)
        assert store.drop(key)
        for saver in savers:
            saver.join()
        assert store.get(key) is None


def test_counts_its_records_by_kind(shelf):
    """What precedes the colon of a key is its kind; what was dropped is not counted."""
    for key in ("session:1", "session:2", "story:1", "attempt:1"):
        shelf.store.put(key, b"value", 60)
    shelf.store.drop("session:1")
    assert {"session": 1, "story": 1, "attempt": 1} == shelf.store.census()
