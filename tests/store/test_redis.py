"""What only a server elsewhere can do: be down, hang, restart empty, refuse, be somebody else."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from tests.support.redis_server import RedisServer
from webapp.store import Store, StoreUnavailable, redis_census
from webapp.store.protocol import Put
from webapp.store.redis_store import RedisStore

EVERY_CALL: list[Callable[[Store], object]] = [
    lambda store: store.put("key", b"2", 60),
    lambda store: store.add("other", b"2", 60),
    lambda store: store.replace("key", b"2", 60),
    lambda store: store.get("key"),
    lambda store: store.take("key"),
    lambda store: store.touch("key", 60),
    lambda store: store.drop("key"),
    lambda store: store.release("key", b"1"),
    lambda store: store.probe(),
]


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A server that the test may stop, kill and freeze."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def store(server: RedisServer) -> Iterator[RedisStore]:
    store = RedisStore(server.url, connect_timeout=1, read_timeout=1, patience=0)
    yield store
    store.close()


def test_start_up_does_not_wait_for_redis():
    """Building the store connects to nothing; the first call says what is wrong, without the password."""
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        store = RedisStore(f"redis://user:pass-word-canary@127.0.0.1:{port}/0", connect_timeout=0.3)
        with pytest.raises(StoreUnavailable, match="ConnectionError") as caught:
            store.get("key")
    assert "REDIS_URL" in caught.value.hint
    assert "canary" not in str(caught.value) + caught.value.hint


def test_a_url_for_something_else_is_refused_at_once():
    """The settings check it first; whoever copies this module hears of it too."""
    with pytest.raises(ValueError, match="scheme"):
        RedisStore("http://127.0.0.1:6379")


@pytest.mark.parametrize("call", EVERY_CALL)
def test_down_is_unavailable_not_empty(server, store, call):
    """While Redis is down no call pretends that there is no record."""
    store.put("key", b"1", 60)
    server.kill()
    with pytest.raises(StoreUnavailable):
        call(store)


def test_recovers_by_itself(server, store):
    """When Redis is back, the next call works."""
    server.stop()
    with pytest.raises(StoreUnavailable):
        store.probe()
    server.start()
    store.probe()
    assert store.add("key", b"1", 60)


def test_a_restart_between_two_calls_goes_unnoticed(server, store):
    """Pooled connections that died meanwhile are replaced, all of them, without one visitor seeing an error."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.put(f"key {number}", b"1", 60), range(64)))
        server.restart()
        assert [None] * 64 == list(pool.map(lambda number: store.get(f"key {number}"), range(64)))
        server.restart()
        list(pool.map(lambda number: store.put(f"key {number}", b"1", 60), range(64)))


def test_a_frozen_server_is_unavailable(server, store):
    """A server that accepts and never answers costs the read timeout, not for ever."""
    store.put("key", b"1", 60)
    server.freeze()
    with pytest.raises(StoreUnavailable, match="Timeout"):
        store.get("key")
    server.thaw()
    assert store.get("key") == b"1"


def test_an_answer_that_came_too_late_is_nobodys(server, store):
    """The reply to a call that timed out is never read as the reply to the next: that is another visitor's data."""
    store.put("mine", b"mine", 60)
    store.put("yours", b"yours", 60)
    server.freeze()
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            store.get("mine")
    server.thaw()
    assert [b"yours"] * 5 == [store.get("yours") for _ in range(5)]


def test_take_without_getdel(tmp_path):
    """Servers before 6.2 do not know GETDEL; taking is one step there too."""
    with RedisServer('rename-command GETDEL ""') as server:
        store = RedisStore(server.url)
        for value in (b"1", b""):
            store.put("key", value, 60)
            assert value == store.take("key")
            assert store.take("key") is None
        store.close()


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ("requirepass something", "Authentication"),
        ("replicaof 127.0.0.1 1", "ReadOnly"),
        ("maxmemory 1", "OutOfMemory"),
    ],
)
def test_a_probe_tells_when_nothing_can_be_kept(option, word):
    """A replica, a full server and one that wants a password answer, but they are no store."""
    with RedisServer(option) as server:
        store = RedisStore(server.url)
        for call in (store.probe, lambda: store.put("key", b"1", 60)):
            with pytest.raises(StoreUnavailable, match=word):
                call()
        store.close()


def test_a_probe_leaves_nothing(redis_url):
    """Asking every few seconds fills no store."""
    store = RedisStore(redis_url)
    store.probe()
    store.close()
    with redis.Redis.from_url(redis_url) as client:
        assert 0 == client.dbsize()


def test_every_record_has_an_end(redis_url):
    """Redis forgets by itself: nothing is written without a lifetime."""
    store = RedisStore(redis_url)
    store.put("put", b"1", 60)
    store.add("add", b"1", 60)
    store.put("replace", b"1", 30)
    store.replace("replace", b"2", 60)
    store.close()
    with redis.Redis.from_url(redis_url) as client:
        lifetimes = {key: client.pttl(key) for key in client.scan_iter()}
    assert {b"put", b"add", b"replace"} == lifetimes.keys()
    assert all(30_000 < lifetime <= 60_000 for lifetime in lifetimes.values())


def test_over_tcp():
    """Most servers are reached over a network."""
    with RedisServer(tcp=True) as server:
        store = RedisStore(server.url)
        store.put("key", b"1", 60)
        server.restart()
        assert store.get("key") is None
        store.close()


def test_a_command_that_is_forbidden_is_not_taken_for_an_unknown_one(server, store):
    """Redis before 6.2 has no GETDEL and takes a script instead; a user who may not call it has to hear that."""
    store.put("key", b"1", 60)
    with redis.Redis.from_url(server.url) as admin:
        admin.execute_command("ACL", "SETUSER", "default", "-getdel")
        with pytest.raises(StoreUnavailable, match="getdel"):
            store.take("key")
        admin.execute_command("ACL", "SETUSER", "default", "+getdel")
    assert b"1" == store.take("key")


def test_at_its_memory_limit_redis_gives_up_attempts_and_keeps_sessions(server):
    """Strangers filled the memory: the oldest of what they left gives way to somebody who signs on."""
    store = RedisStore(server.url, rooms={"attempt": 100_000})
    for number in range(600):
        store.put(f"attempt:{number}", bytes(3000), 900 + number)
    for number in range(10):
        store.put(f"session:{number}", bytes(3000), 3600)
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set("maxmemory", admin.info("memory")["used_memory"])
    store.put("session:new", bytes(3000), 3600)
    store.put("attempt:new", bytes(3000), 3600)
    assert all(store.get(f"session:{each}") for each in ("new", *range(10)))
    assert (None, bytes(3000)) == (store.get("attempt:0"), store.get("attempt:new"))
    store.close()


def test_at_its_memory_limit_people_can_sign_off(server, store):
    """Nothing can be kept and nothing is kept by half, but removing works, in rooms and outside."""
    for key in ("session:1", "session:2", "attempt:1", "attempt:2"):
        store.put(key, bytes(3000), 3600)
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set("maxmemory", 1)
    assert store.take("session:1")
    assert store.drop("session:2")
    assert store.take("attempt:1")
    store.change([], ["attempt:2"])
    for call in (store.probe, lambda: store.change([Put("a", b"1", 60), Put("attempt:3", b"1", 60)])):
        with pytest.raises(StoreUnavailable) as caught:
            call()
        assert "maxmemory" in caught.value.hint
    with redis.Redis.from_url(server.url) as client:
        assert [] == client.keys()
    store.close()


@pytest.mark.parametrize(
    ("policy", "memory", "advised"),
    [("noeviction", 10, False), ("volatile-ttl", 10, False), ("volatile-lru", 10, True), ("allkeys-lru", 0, False)],
)
def test_a_policy_that_evicts_sessions_is_said(server, store, policy, memory, advised):
    """At its limit Redis would sign people off one by one, and nobody would know why."""
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set("maxmemory-policy", policy)
        admin.config_set("maxmemory", f"{memory}mb")
    assert advised == (policy in " ".join(store.advice()))


def test_many_records_are_counted_by_a_sample(redis_url, monkeypatch):
    """Some looks at some keys, whatever there is; the kinds have their shares of the whole."""
    monkeypatch.setattr(redis_census, "LOOKS", 4)
    monkeypatch.setattr(redis_census, "KEYS_A_LOOK", 100)
    with redis.Redis.from_url(redis_url) as client:
        client.mset({f"{'session' if number % 4 else 'story'}:{number}": b"" for number in range(4000)})
        client.config_resetstat()
        store = RedisStore(redis_url)
        found = store.census()
        store.close()
        assert 4 == client.info("commandstats")["cmdstat_scan"]["calls"]
    assert 4000 == pytest.approx(sum(found.values()), abs=2)
    assert 3000 == pytest.approx(found["session"], rel=0.15)
