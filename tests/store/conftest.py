"""Every store, with a way to let time pass in it."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from webapp.store import Store
from webapp.store.memory import MemoryStore
from webapp.store.protocol import Charge, Put
from webapp.store.redis_store import RedisStore
from webapp.store.sealed import SealedStore
from webapp.store.sqlite import SqliteStore

SECRET = "a secret key for tests, long enough"


class Clock:
    """Seconds since the epoch that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


class Watched(MemoryStore):
    """A store in which a test can look and meddle by stored name."""

    def names(self) -> list[str]:
        return list(self._records)

    def meddle(self, value: bytes) -> None:
        """Put these bytes in place of the only record's."""
        (name,) = self._records
        self.put(name, value, 60)


@dataclass(frozen=True)
class Shelf:
    """A store under test; ``advance`` lets seconds pass for its records."""

    store: Store
    advance: Callable[[float], None]


class SealedBytes:
    """A sealed store spoken to as a plain one, so that both keep the same contract."""

    def __init__(self, sealed: SealedStore) -> None:
        self._sealed = sealed

    def put(self, key: str, value: bytes, ttl: float) -> None:
        self._sealed.put("record", key, _wrap(value), ttl)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        return self._sealed.add("record", key, _wrap(value), ttl)

    def replace(self, key: str, value: bytes, ttl: float, seen: bytes | None = None) -> bool:
        if seen is None:
            return self._sealed.replace("record", key, _wrap(value), ttl)
        same = _wrap(seen)
        return self._sealed.update("record", key, lambda found: _wrap(value) if found == same else None, ttl)

    def get(self, key: str) -> bytes | None:
        return _unwrap(self._sealed.get("record", key))

    def take(self, key: str) -> bytes | None:
        return _unwrap(self._sealed.take("record", key))

    def touch(self, key: str, ttl: float) -> bytes | None:
        return _unwrap(self._sealed.touch("record", key, ttl))

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        wrapped = [("record", put.key, _wrap(put.value), put.ttl) for put in (*puts, *([entry] if entry else []))]
        last = wrapped.pop() if entry else None
        return self._sealed.change(wrapped, [("record", key) for key in drops], last)

    def spend(self, charges: Sequence[Charge]) -> float:
        return self._sealed.spend([("record", *charge) for charge in charges])

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        wait, record = self._sealed.spend_and_get([("record", *charge) for charge in charges], "record", key)
        return wait, _unwrap(record)

    def drop(self, key: str) -> bool:
        return self._sealed.drop("record", key)

    def release(self, key: str, value: bytes) -> bool:
        raise NotImplementedError  # a sealed store has locks instead, tested by themselves



def _wrap(value: bytes) -> dict[str, str]:
    return {"value": base64.b64encode(value).decode()}


def _unwrap(record: dict[str, str] | None) -> bytes | None:
    return None if record is None else base64.b64decode(record["value"])


@pytest.fixture(params=["memory", "sqlite", "redis"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """Each of the three stores."""
    clock = Clock()
    if request.param == "memory":
        yield Shelf(MemoryStore(clock), clock.advance)
    elif request.param == "sqlite":
        sqlite = SqliteStore(tmp_path / "state" / "store.sqlite", clock)
        yield Shelf(sqlite, clock.advance)
        sqlite.close()
    else:
        url = request.getfixturevalue("redis_url")
        on_redis = RedisStore(url)
        yield Shelf(on_redis, lambda seconds: let_time_pass_in_redis(url, seconds))
        on_redis.close()


@pytest.fixture(params=["plain", "sealed", "sealed, key changed"])
def any_shelf(request: pytest.FixtureRequest, shelf: Shelf) -> Shelf:
    """Each of the three stores as it is, sealed, and sealed with a former key to look under."""
    if request.param == "plain":
        return shelf
    fallbacks = ["the secret key that was used before"] if request.param == "sealed, key changed" else []
    return Shelf(SealedBytes(SealedStore(shelf.store, SECRET, fallbacks)), shelf.advance)


def let_time_pass_in_redis(url: str, seconds: float) -> None:
    """Redis has its own clock; bring every record's end nearer instead of waiting for it."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            client.pexpire(key, client.pttl(key) - int(seconds * 1000))
