"""What a copy of the store tells (nothing), what a change to it does (nothing), and locks."""

import json
import pickle
from pathlib import Path

import pytest
import redis

from tests.store.conftest import SECRET, Clock, Shelf, Watched
from tests.support.redis_server import RedisServer
from webapp.store.keyring import Keyring
from webapp.store.memory import MemoryStore
from webapp.store.redis_store import RedisStore
from webapp.store.sealed import SealedStore
from webapp.store.sqlite import SqliteStore

RECORD = {"sub": "ada", "deep": {"list": [1, 2.5, None, True], "text": "Zoë \ud800"}}


@pytest.fixture
def store() -> Watched:
    return Watched(Clock())


@pytest.fixture
def sealed(store: Watched) -> SealedStore:
    return SealedStore(store, SECRET)


def test_records_come_back_as_they_were(sealed):
    """Everything that JSON can say survives."""
    sealed.put("session", "id", RECORD, 60)
    assert RECORD == sealed.get("session", "id")


def test_kinds_are_apart(sealed):
    """The same id names one record per kind."""
    sealed.put("session", "id", {"kind": "session"}, 60)
    sealed.put("trace", "id", {"kind": "trace"}, 60)
    assert ({"kind": "session"}, {"kind": "trace"}) == (sealed.get("session", "id"), sealed.get("trace", "id"))


@pytest.mark.parametrize("id", ["", "ü", "\ud800", "a\x00b", "x" * 10_000, "session:1"])
def test_any_text_is_an_id(sealed, id):
    """A browser may send anything as its session id; it finds nothing and breaks nothing."""
    assert sealed.get("session", id) is None
    sealed.put("session", id, RECORD, 60)
    assert RECORD == sealed.take("session", id)


@pytest.mark.parametrize("record", [{"a": b"bytes"}, {"a": float("nan")}, {"a": float("inf")}, {"a": {1, 2}}])
def test_what_json_cannot_say_is_refused_when_written(sealed, store, record):
    """The mistake shows where it is made, not when the record is read."""
    for write in (sealed.put, sealed.add, sealed.replace):
        with pytest.raises((TypeError, ValueError)):
            write("session", "id", record, 60)
    assert [] == store.names()


def test_a_changed_record_is_no_record(sealed, store):
    """Whichever byte is changed, cut off or added: None, and no exception."""
    sealed.put("session", "id", {"sub": "ada"}, 60)
    (name,) = store.names()
    good = store.get(name)
    changed = [good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :] for place in range(len(good))]
    cut = [good[:length] for length in range(len(good))]
    for bad in [*changed, *cut, good + b"\x00", b"{}", b'{"sub":"ada"}', b"\x01" * 33]:
        store.meddle(bad)
        assert sealed.get("session", "id") is None
    store.meddle(good)
    assert {"sub": "ada"} == sealed.get("session", "id")


def test_an_unreadable_record_is_gone_when_taken(sealed, store):
    """Single use holds for what cannot be read, too."""
    sealed.put("session", "id", RECORD, 60)
    store.meddle(b"\x00")
    assert sealed.take("session", "id") is None
    assert [] == store.names()


def test_records_cannot_be_swapped(sealed, store):
    """Who can write to the store cannot give one visitor another's session, or pass an attempt off as a session."""
    sealed.put("session", "victim", {"sub": "victim"}, 60)
    (victims,) = store.names()
    sealed.put("session", "attacker", {"sub": "attacker"}, 60)
    sealed.put("attempt", "victim", {"sub": "nobody"}, 60)
    for name in set(store.names()) - {victims}:
        store.put(name, store.get(victims), 60)
    assert sealed.get("session", "attacker") is None
    assert sealed.get("attempt", "victim") is None


@pytest.mark.parametrize("plain", [b"[1]", b"null", b'"text"', b"{", b'{"a":NaN}', b"[" * 100_000, b"\xff", b""])
def test_a_sealed_value_that_is_no_record_is_none(sealed, store, plain):
    """Even under the right key: another release may have written something else."""
    sealed.put("session", "id", RECORD, 60)
    (name,) = store.names()
    store.put(name, Keyring(SECRET).seal(name, plain), 60)
    assert sealed.get("session", "id") is None


def test_a_record_of_another_format_is_none(sealed, store):
    """A newer or older release's record means anonymous while both run."""
    sealed.put("session", "id", RECORD, 60)
    (name,) = store.names()
    store.meddle(b"\x02" + store.get(name)[1:])
    assert sealed.get("session", "id") is None


def test_another_secret_key_reads_nothing(sealed, store):
    """A store that is shared by mistake with another application tells it nothing."""
    sealed.put("session", "id", RECORD, 60)
    other = SealedStore(store, "another secret key of another application")
    assert other.get("session", "id") is None
    assert other.take("session", "id") is None
    assert RECORD == sealed.get("session", "id")


def test_an_empty_secret_key_is_refused():
    """Everybody could derive its keys."""
    with pytest.raises(ValueError, match="SECRET_KEY"):
        SealedStore(MemoryStore(), "")


def test_equal_records_look_different(sealed, store):
    """The store does not show that a record did not change; one nonce used twice would give the key away."""
    seen = []
    for _ in range(3):
        sealed.put("session", "id", RECORD, 60)
        (name,) = store.names()
        seen.append(store.get(name))
    nonces, texts = {value[5:17] for value in seen}, {value[17:-16] for value in seen}
    assert (3, 3) == (len(nonces), len(texts))


class Planted:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_a_planted_pickle_is_not_executed(tmp_path, sealed, store):
    """As it is, and sealed with the right key: neither runs."""
    proof = tmp_path / "executed"
    poison = pickle.dumps(Planted(proof))
    sealed.put("session", "id", RECORD, 60)
    (name,) = store.names()
    for planted in (poison, Keyring(SECRET).seal(name, poison)):
        store.meddle(planted)
        assert sealed.get("session", "id") is None
        assert not proof.exists()
    pickle.loads(poison)
    assert proof.exists()  # so the poison works


CANARIES = ["canary-session-id", "canary-access-token", "canary-user@example.com"]


def write_canaries(sealed: SealedStore) -> None:
    """What a sign-on leaves behind: an attempt that is taken, a session that is changed and one that is dropped."""
    session_id, token, user = CANARIES
    sealed.put("attempt", session_id, {"token": token}, 60)
    sealed.take("attempt", session_id)
    for id in (session_id, session_id + "-2"):
        sealed.put("session", id, {"user": user}, 60)
        sealed.replace("session", id, {"user": user, "token": token}, 60)
    sealed.drop("session", session_id + "-2")
    sealed.lock("session", session_id, 60)


def found(dump: bytes) -> list[str]:
    return [canary for canary in CANARIES if canary.encode() in dump]


def test_a_copy_of_the_sqlite_files_holds_no_canary(tmp_path):
    """Neither the file nor its log, while in use and afterwards, tells an id, a token or a user."""
    store = SqliteStore(tmp_path / "state" / "store.sqlite")
    write_canaries(SealedStore(store, SECRET))
    in_use = b"".join(each.read_bytes() for each in (tmp_path / "state").iterdir())
    for canary in CANARIES:
        store.put(f"control {canary}", b"1", 60)
    store.close()
    assert [] == found(in_use)
    assert CANARIES == found(b"".join(each.read_bytes() for each in (tmp_path / "state").iterdir()))


def test_a_dump_of_redis_holds_no_canary():
    """The file that Redis writes tells no id, token or user."""
    with RedisServer("rdbcompression no") as server, redis.Redis.from_url(server.url) as client:
        store = RedisStore(server.url)
        write_canaries(SealedStore(store, SECRET))
        client.save()
        dump = (server.directory / "dump.rdb").read_bytes()
        for canary in CANARIES:
            store.put(f"control {canary}", b"1", 60)
        client.save()
        assert [] == found(dump)
        assert CANARIES == found((server.directory / "dump.rdb").read_bytes())
        store.close()


def test_locks_have_one_holder_and_an_end(shelf: Shelf):
    """A second asker waits its turn; a holder that died is succeeded; its return opens nothing."""
    sealed = SealedStore(shelf.store, SECRET)
    first = sealed.lock("session", "id", 30)
    assert first
    assert sealed.lock("session", "id", 30) is None
    assert sealed.lock("session", "another id", 30)
    shelf.advance(31)
    second = sealed.lock("session", "id", 30)
    assert second
    assert not sealed.unlock("session", "id", first)
    assert sealed.lock("session", "id", 30) is None
    assert sealed.unlock("session", "id", second)
    assert not sealed.unlock("session", "id", second)
    assert sealed.lock("session", "id", 30)


def test_a_lock_leaves_the_record_alone(sealed):
    """Locking neither needs nor changes the record of the same kind and id."""
    token = sealed.lock("session", "id", 30)
    assert sealed.get("session", "id") is None
    sealed.put("session", "id", RECORD, 60)
    assert sealed.unlock("session", "id", token)
    assert RECORD == sealed.get("session", "id")


def test_records_are_json_inside(sealed, store):
    """Anybody with the key and the format's description can read them; the format is fixed by this test."""
    sealed.put("session", "id", {"sub": "ada"}, 60)
    (name,) = store.names()
    kind, _, digest = name.partition(":")
    assert ("session", 64) == (kind, len(digest))
    assert {"sub": "ada"} == json.loads(Keyring(SECRET).open(name, store.get(name)))
    assert b"\x01" == store.get(name)[:1]
