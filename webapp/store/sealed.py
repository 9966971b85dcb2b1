"""Records that only this application can read: JSON, encrypted and authenticated, over any store."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from .keyring import Keyring
from .probing import Probing
from .protocol import Charge, Put, Store, StoreUnavailable

Record = dict[str, Any]
Sealed = tuple[str, str, Mapping[str, Any], float]
"""A record to keep: kind, id, content, lifetime in seconds."""
PATIENCE = 20
"""How often `update` reads a record again that changes under its hands."""


class SealedStore:
    """Kinds and ids on the outside, hashed names and encrypted values in the store.

    A record is a JSON object: what JSON cannot say exactly (bytes, NaN) is refused on the way in, and
    tuples come back as lists. ``ttl`` is in seconds. A record that was tampered with, moved, sealed by a
    key that is gone or written in another format reads as None: the visitor is anonymous, and sees no
    error page. ``StoreUnavailable`` passes through.

    Changing SECRET_KEY signs nobody off while the old one is among ``fallbacks``: a record stays where it
    was written, under a name that the old key hashed, is found there, and is sealed with the new key
    when it is next written. With several processes, make the new key a fallback everywhere first; then
    processes before and after the change find each other's records.
    """

    def __init__(self, store: Store, secret_key: str, fallbacks: Sequence[str] = ()) -> None:
        self._store = store
        self._keyring = Keyring(secret_key, fallbacks)
        self.probe = Probing(store.probe)
        """Write, read and delete a record; raises ``StoreUnavailable`` if that fails or takes too long."""

    def put(self, kind: str, id: str, record: Mapping[str, Any], ttl: float) -> None:
        """Keep ``record``, whatever was there before."""
        name, *former = self._keyring.names(kind, id)
        if former:  # else `take` would find the older record after the newer one
            self.change([(kind, id, record, ttl)])
        else:
            self._store.put(name, self._keyring.seal(name, _to_json(record)), ttl)

    def add(self, kind: str, id: str, record: Mapping[str, Any], ttl: float) -> bool:
        """Keep ``record`` only if the id is free; False leaves the present record as it is."""
        plain = _to_json(record)
        return self._add(self._keyring.names(kind, id), lambda name: self._keyring.seal(name, plain), ttl)

    def replace(self, kind: str, id: str, record: Mapping[str, Any], ttl: float) -> bool:
        """Keep ``record`` only if one is present: what has since been removed stays removed."""
        plain = _to_json(record)
        return any(
            self._store.replace(name, self._keyring.seal(name, plain), ttl) for name in self._keyring.names(kind, id)
        )

    def update(self, kind: str, id: str, change: Callable[[Record | None], Record | None], ttl: float) -> bool:
        """Read, change and write back, as if there were no other writer: a write in between makes it read again.

        ``change`` gets the record, None where there is none, and returns the one to keep, or None to leave all as
        it is; then the answer is False.
        """
        for _ in range(PATIENCE):
            at, sealed, record = self._found(self._store.get, kind, id)
            changed = change(record)
            if changed is None:
                return False
            if record is None and self.add(kind, id, changed, ttl):
                return True
            if record is not None and self._store.replace(at, self._keyring.seal(at, _to_json(changed)), ttl, sealed):
                return True
        raise StoreUnavailable("A record changed each time that it was about to be written.")

    def get(self, kind: str, id: str) -> Record | None:
        """The record, or None when it is absent, expired or not readable."""
        return self._first(self._store.get, kind, id)

    def take(self, kind: str, id: str) -> Record | None:
        """The record, removed in the same step: of many simultaneous callers exactly one receives it."""
        return self._first(self._store.take, kind, id)

    def touch(self, kind: str, id: str, ttl: float) -> Record | None:
        """The record, which lives ``ttl`` from now; None when it is absent, expired or not readable."""
        return self._first(lambda name: self._store.touch(name, ttl), kind, id)

    def change(
        self, puts: Sequence[Sealed], drops: Sequence[tuple[str, str]] = (), entry: Sealed | None = None
    ) -> bool:
        """Drop each (kind, id) and put each (kind, id, record, ttl) in one transaction: all of it, or nothing.

        ``entry`` is put only if its id is free; False if it was not, and the rest is done all the same.
        """
        former = [name for kind, id in drops for name in self._keyring.names(kind, id)]
        former += [old for kind, id, *_ in puts for old in self._keyring.names(kind, id)[1:]]
        if entry is not None and any(self._store.get(old) is not None for old in self._keyring.names(*entry[:2])[1:]):
            self.change(puts, drops)  # While SECRET_KEY changes there are two names for it.
            return False
        return self._store.change([*map(self._put, puts)], former, None if entry is None else self._put(entry))

    def _put(self, sealed: Sealed) -> Put:
        kind, id, record, ttl = sealed
        name = self._keyring.names(kind, id)[0]
        return Put(name, self._keyring.seal(name, _to_json(record)), ttl)

    def spend(self, charges: Sequence[tuple[str, str, float, float]]) -> float:
        """Charge each bucket (kind, id, cost, most), or none; return the seconds until none would overflow.

        Buckets hold nothing but their end, so there is nothing to seal; a change of SECRET_KEY empties them.
        """
        return self._store.spend(self._charges(charges))

    def spend_and_get(
        self, charges: Sequence[tuple[str, str, float, float]], kind: str, id: str
    ) -> tuple[float, Record | None]:
        """``spend``, and the record with this kind and id, in one operation."""
        name, *former = self._keyring.names(kind, id)
        wait, sealed = self._store.spend_and_get(self._charges(charges), name)
        record = self._opened(name, sealed)
        return wait, record if record is not None or not former else self.get(kind, id)

    def _charges(self, charges: Sequence[tuple[str, str, float, float]]) -> list[Charge]:
        return [Charge(self._keyring.names(kind, id)[0], cost, most) for kind, id, cost, most in charges]

    def drop(self, kind: str, id: str) -> bool:
        """Remove the record; True if there was one."""
        dropped = [self._store.drop(name) for name in self._keyring.names(kind, id)]
        return any(dropped)

    def lock(self, kind: str, id: str, ttl: float) -> str | None:
        """Become the one that works on this id for at most ``ttl`` seconds; a token, or None if taken.

        The lock ends by itself when its holder dies. It is a separate record: it neither needs nor
        touches the record of the same kind and id.
        """
        token = secrets.token_hex(16)
        held = self._add(self._lock_names(kind, id), lambda name: token.encode(), ttl)
        return token if held else None

    def unlock(self, kind: str, id: str, token: str) -> bool:
        """Give the lock back; False if it had ended and may belong to another holder now, who keeps it."""
        released = [self._store.release(name, token.encode()) for name in self._lock_names(kind, id)]
        return any(released)

    def examine(self) -> list[str]:
        """Probe the store, and return what an operator should know about it although it works."""
        self._store.probe()
        return self._store.advice()

    def close(self) -> None:
        """Let go of files and connections; the next call opens them again."""
        self._store.close()

    def _lock_names(self, kind: str, id: str) -> list[str]:
        return self._keyring.names(f"lock-{kind}", id)

    def _add(self, names: list[str], value_for: Callable[[str], bytes], ttl: float) -> bool:
        name, *former = names
        value = value_for(name)
        if not self._store.add(name, value, ttl):
            return False
        # Look after writing, not before: while a change of SECRET_KEY is rolled out, two processes may add
        # the same id under different names. Each writes first, so at least one of them sees the other.
        if any(self._store.get(old) is not None for old in former):
            self._store.release(name, value)
            return False
        return True

    def _first(self, look: Callable[[str], bytes | None], kind: str, id: str) -> Record | None:
        return self._found(look, kind, id)[2]

    def _found(
        self, look: Callable[[str], bytes | None], kind: str, id: str
    ) -> tuple[str, bytes | None, Record | None]:
        """The first readable record: the name it is under, as it is stored, and opened."""
        for name in self._keyring.names(kind, id):
            sealed = look(name)
            record = self._opened(name, sealed)
            if record is not None:
                return name, sealed, record
        return "", None, None

    def _opened(self, name: str, sealed: bytes | None) -> Record | None:
        plain = None if sealed is None else self._keyring.open(name, sealed)
        return None if plain is None else _from_json(plain)


def _to_json(record: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(record).encode("ascii")


def _from_json(plain: bytes) -> Record | None:
    # Never pickle: reading one runs code chosen by anyone who can write to the store.
    try:
        record = _DECODER.decode(plain.decode())
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


# Made once: `json.dumps` and `json.loads` make one for each call that asks for anything special.
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_refuse)
