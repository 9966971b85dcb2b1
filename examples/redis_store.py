"""Attempts, sessions and locks in Redis, for more than one process: in place of `MemoryAttempts` and `MemorySessions`.

store = redis.Redis.from_url("redis://127.0.0.1"); box = Fernet(key)     the same key in every process, kept secret
attempts, sessions = RedisAttempts(store, box), RedisSessions(store, box)
"""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import Fernet
from redis import Redis
from redis.lock import Lock

from webapp.oidc import LIFETIME, Attempt, SignedOn
from webapp.oidc.pkce import new_token

HOURS_8 = 8 * 3600
"""Seconds for which a session lives at most."""
UNCHANGED = """
return redis.call("GET", KEYS[1]) == ARGV[1] and redis.call("SET", KEYS[1], ARGV[2], "EX", ARGV[3])
"""


def hashed(*parts: str) -> str:
    """A key that does not give away what it was made of: who reads the store finds no cookie in it."""
    return sha256(".".join(parts).encode()).hexdigest()


class RedisAttempts:
    def __init__(self, store: Redis, box: Fernet) -> None:
        self.store, self.box = store, box

    def put(self, attempt: Attempt) -> None:
        self.store.set(self._key(attempt.id, attempt.secret), self._sealed(attempt), ex=LIFETIME)

    def get(self, id: str, secret: str) -> Attempt | None:
        return self._opened(self.store.get(self._key(id, secret)), secret)

    def replace(self, attempt: Attempt, seen: Attempt | None = None) -> bool:
        key, sealed = self._key(attempt.id, attempt.secret), self._sealed(attempt)
        if seen is None:
            # XX: what was taken in the meantime does not come back.
            return bool(self.store.set(key, sealed, ex=LIFETIME, xx=True))
        held = self.store.get(key)
        if held is None or self._opened(held, seen.secret) != seen:
            return False
        # What was compared must be there still when the new value is written.
        return bool(self.store.eval(UNCHANGED, 1, key, held, sealed, LIFETIME))

    def take(self, id: str, secret: str) -> Attempt | None:
        return self._opened(self.store.getdel(self._key(id, secret)), secret)  # One command: one caller gets it.

    def _key(self, id: str, secret: str) -> str:
        return f"attempt:{hashed(id, secret)}"

    def _sealed(self, attempt: Attempt) -> bytes:
        return self.box.encrypt(attempt.to_json().encode())

    def _opened(self, sealed: bytes | str | None, secret: str) -> Attempt | None:
        return Attempt.from_json(self.box.decrypt(sealed).decode(), secret) if sealed else None


class RedisSessions:
    def __init__(self, store: Redis, box: Fernet) -> None:
        self.store, self.box = store, box

    def begin(self, person: SignedOn, before: str = "") -> str:
        id = new_token(32)
        self.store.delete(self.key(before))
        self.store.set(self.key(id), self.sealed(person), ex=HOURS_8)
        return id

    def get(self, id: str) -> SignedOn | None:
        return self.opened(self.store.get(self.key(id)))

    def record(self, id: str) -> "RedisRecord":
        return RedisRecord(self, id)

    def lock(self, id: str) -> Lock:
        lock: Lock = self.store.lock(f"lock:{hashed(id)}", timeout=60, blocking_timeout=60)
        return lock

    def end(self, id: str) -> SignedOn | None:
        return self.opened(self.store.getdel(self.key(id)))

    def key(self, id: str) -> str:
        return f"session:{hashed(id)}"

    def sealed(self, person: SignedOn) -> bytes:
        return self.box.encrypt(person.to_json().encode())

    def opened(self, sealed: bytes | str | None) -> SignedOn | None:
        return SignedOn.from_json(self.box.decrypt(sealed).decode()) if sealed else None


@dataclass(frozen=True)
class RedisRecord:
    sessions: RedisSessions
    id: str

    def load(self) -> SignedOn | None:
        return self.sessions.get(self.id)

    def save(self, renewed: SignedOn) -> bool:
        key, sealed = self.sessions.key(self.id), self.sessions.sealed(renewed)
        return bool(self.sessions.store.set(key, sealed, xx=True, keepttl=True))  # Not if it has ended.

    def end(self) -> None:
        self.sessions.end(self.id)
