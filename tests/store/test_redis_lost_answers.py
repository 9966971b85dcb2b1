"""A command was carried out and its answer was lost: nothing is done twice, and nothing is said that is not so."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.redis_proxy import SwallowingProxy
from webapp.store import StoreUnavailable
from webapp.store.protocol import Charge, Put
from webapp.store.redis_store import RedisStore
from webapp.store.sealed import SealedStore


@dataclass(frozen=True)
class Lossy:
    """A store over a proxy that loses answers, and another process's straight way to the same Redis."""

    proxy: SwallowingProxy
    store: RedisStore
    other: RedisStore


@pytest.fixture
def lossy(redis_url: str) -> Iterator[Lossy]:
    with SwallowingProxy(redis_url) as proxy:
        found = Lossy(proxy, RedisStore(proxy.url), RedisStore(redis_url))
        yield found
        assert 1 == proxy.swallowed
        found.store.close()
        found.other.close()


@pytest.mark.parametrize("key", ["lock", "attempt:1"])
def test_a_lock_is_not_in_its_own_way(lossy, key):
    """Who added finds its own value there and holds the lock; with a blind second try it would be nobody's."""
    lossy.proxy.swallow(b"NX")
    assert lossy.store.add(key, b"mine", 60)
    assert b"mine" == lossy.other.get(key)
    assert not lossy.store.add(key, b"mine too", 60)


def test_a_lock_that_another_process_holds_is_not_ours(lossy):
    """The answer that was lost was a no."""
    lossy.other.add("lock", b"theirs", 60)
    lossy.proxy.swallow(b"NX")
    assert not lossy.store.add("lock", b"mine", 60)


def test_a_sealed_lock_survives_a_lost_answer(lossy):
    """A refresh goes on; it does not wait half a minute for a lock that is its own."""
    lossy.proxy.swallow(b"NX")
    token = SealedStore(lossy.store, "k" * 32).lock("refresh", "id", 30)
    assert token
    assert SealedStore(lossy.other, "k" * 32).unlock("refresh", "id", token)


@pytest.mark.parametrize("key", ["record", "attempt:1"])
@pytest.mark.parametrize("write", ["put", "replace"])
def test_a_write_that_was_carried_out_is_recognised(lossy, write, key):
    """It is not sent again: its own value is there."""
    lossy.other.put(key, b"old", 60)
    lossy.proxy.swallow(b"new")
    assert getattr(lossy.store, write)(key, b"new", 60) in (None, True)
    assert b"new" == lossy.other.get(key)


@pytest.mark.parametrize("write", ["put", "replace"])
def test_an_older_value_is_never_written_over_a_newer_one(lossy, write):
    """Another process wrote between the loss and the second look: its value stays, and the loser hears of it."""
    lossy.other.put("record", b"old", 60)
    lossy.proxy.swallow(b"older", meanwhile=lambda: lossy.other.put("record", b"newer", 60))
    with pytest.raises(StoreUnavailable):
        getattr(lossy.store, write)("record", b"older", 60)
    assert b"newer" == lossy.other.get("record")


@pytest.mark.parametrize("key", ["record", "attempt:1"])
def test_a_take_whose_answer_was_lost_is_not_an_empty_store(lossy, key):
    """The record is gone and nobody has it: that is an outage to talk about, not `used before`."""
    lossy.other.put(key, b"1", 60)
    lossy.proxy.swallow(key.encode())
    with pytest.raises(StoreUnavailable):
        lossy.store.take(key)
    assert lossy.other.get(key) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.change([Put("session", b"1", 60)], ["attempt:1"]),
        lambda store: store.spend([Charge("bucket", 10, 100)]),
    ],
    ids=["change", "spend"],
)
def test_what_cannot_be_recognised_is_not_repeated(lossy, act):
    """It was carried out once, and the caller hears that nobody knows."""
    lossy.proxy.swallow(b"EXEC" if "change" in act.__code__.co_names else b"EVAL")
    with pytest.raises(StoreUnavailable):
        act(lossy.store)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda store: store.get("record"), b"1"),
        (lambda store: store.touch("record", 90), b"1"),
        (lambda store: store.drop("record"), False),
        (lambda store: store.release("record", b"1"), False),
    ],
    ids=["get", "touch", "drop", "release"],
)
def test_what_comes_to_the_same_is_done_once_more(lossy, act, expected):
    """Reading, touching and removing; who removed it is then not known, so nobody claims it."""
    lossy.other.put("record", b"1", 60)
    lossy.proxy.swallow(b"record")
    assert expected == act(lossy.store)
