"""A store in Redis or Valkey: shared by every process and machine that serves the same visitors."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import redis

from . import redis_scripts as scripts
from .protocol import Charge, Put, StoreFull, StoreUnavailable, outlives_now
from .redis_census import count_kinds
from .redis_line import RedisLine, Words
from .redis_patience import Patience
from .rooms import ROOMS, SLOT, room_of

EVICTED = 200  # slots of each room that are given up when Redis has no memory left
SAFE_POLICIES = ("noeviction", "volatile-ttl")
"""What Redis may do at its limit without signing people off: nothing, or remove what ends soonest."""

_Answer = TypeVar("_Answer")


class RedisStore:
    """Records in the Redis at ``url`` (``redis://``, ``rediss://`` or ``unix://``), which expires them.

    Nothing connects before the first call. ``connect_timeout``, ``read_timeout`` and ``patience``, for a Redis that is
    being restarted, are in seconds. Every error of Redis or of the way there is ``StoreUnavailable``; the next call
    tries again. An unusable URL is a ``ValueError``.

    When a connection dies under a command, nobody knows whether it was carried out. Reading, removing and
    touching are then tried once more. A write is not repeated: it could come after another process's newer
    one, or find its own lock in its way. The store looks whether its value is there, and says so or raises.
    ``take``, ``change`` and ``spend`` raise: what was taken may be gone, and is nobody's.

    A server that fails over to a replica, or comes back from an older copy, may have forgotten its last
    writes: then a lock can be granted twice and an ended session be there again.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_timeout: float = 1.0,
        read_timeout: float = 2.0,
        patience: float = 1.0,
        rooms: Mapping[str, int] = ROOMS,
    ) -> None:
        self._line = RedisLine(url, connect_timeout, read_timeout)
        self._rooms, self._has_getdel, self._patiently = rooms, True, Patience(patience)

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        if outlives_now(ttl):
            self._write(Put(key, value, ttl), "")
        else:
            self.drop(key)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free."""
        return outlives_now(ttl) and self._write(Put(key, value, ttl), "NX")

    def replace(self, key: str, value: bytes, ttl: float, seen: bytes | None = None) -> bool:
        """Keep ``value`` only if ``key`` is present, and still holds ``seen`` where that is given."""
        if outlives_now(ttl):
            return self._write(Put(key, value, ttl), "XX", seen)
        self.drop(key)
        return False

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        return _bytes_or_none(self._ask_again(lambda: self._line.command("GET", key)))

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        return _bytes_or_none(self._ask(lambda: self._take(key)))

    def touch(self, key: str, ttl: float) -> bytes | None:
        """The value, whose record lives ``ttl`` from now."""
        if not outlives_now(ttl):
            self.drop(key)
            return None
        commands: list[Words] = [("GET", key), ("PEXPIRE", key, _milliseconds(ttl))]
        return _bytes_or_none(self._ask_again(lambda: self._line.together(commands))[0])

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return _bytes_or_none(self._ask_again(lambda: self._take(key))) is not None

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""
        return bool(self._ask_again(lambda: self._line.command("EVAL", scripts.RELEASE, 1, key, value)))

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        """Drop and put several records in one transaction, and `entry` where it is free."""
        ended = [put.key for put in puts if not outlives_now(put.ttl)]
        commands: list[Words] = [words for key in (*drops, *ended) for words in self._removing(key)]
        commands += [self._keeping(put, "") for put in puts if put.ttl > 0]
        commands += [self._keeping(entry, "NX")] if entry else []
        # At its memory limit Redis opens no transaction, not even one that only removes.
        answers = self._ask(lambda: self._line.transaction(commands) if puts else self._line.together(commands))
        return entry is None or bool(answers[-1])

    def spend(self, charges: Sequence[Charge]) -> float:
        """Charge every bucket, or none; return the seconds until none would overflow."""
        return self.spend_and_get(charges, "")[0]

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        """`spend`, and the value under ``key``, in one script."""
        keys = [*(charge.key for charge in charges), key]
        amounts = [_milliseconds(seconds) for charge in charges for seconds in (charge.cost, charge.most)]
        found: Any = self._ask(lambda: self._line.command("EVAL", scripts.SPEND, len(keys), *keys, *amounts))
        return int(found[0]) / 1000, _bytes_or_none(found[1])

    def advice(self) -> list[str]:
        """Say when Redis may evict sessions, or has no limit of memory."""
        found: Any = self._ask_again(lambda: self._line.redis.info("memory"))
        policy, memory = found.get("maxmemory_policy", "unknown"), int(found.get("maxmemory", 0))
        if not memory or policy in SAFE_POLICIES:
            return []
        return [f"Redis evicts at {memory >> 20} MB by {policy}, sessions too: set maxmemory-policy to volatile-ttl."]

    def census(self) -> dict[str, int]:
        """About how many records of each kind there are."""
        return self._ask_again(lambda: count_kinds(self._line.redis))

    def probe(self) -> None:
        """Write, read and delete a record in one exchange."""
        key, value = f"probe:{secrets.token_hex(16)}", secrets.token_bytes(16)
        commands: list[Words] = [("SET", key, value, "PX", 1000), ("GET", key), ("DEL", key)]
        if self._ask(lambda: self._line.together(commands))[1] != value:
            raise StoreUnavailable("Redis gave back something else than was written.", "Is REDIS_URL right?")

    def close(self) -> None:
        """Close every connection."""
        self._line.redis.connection_pool.disconnect()

    def _write(self, put: Put, how: str, seen: bytes | None = None) -> bool:
        def look() -> object:
            if self._line.command("GET", put.key) == put.value:
                return True  # Values are unlike each other: sealed, or a lock's random token.
            if how == "NX" or seen is not None:
                # Free or not, as seen or not: each is an answer.
                return self._line.command(*self._keeping(put, how, seen))
            raise redis.ConnectionError("the answer to a write was lost")

        return bool(self._ask(lambda: self._line.command(*self._keeping(put, how, seen)), look))

    def _keeping(self, put: Put, how: str, seen: bytes | None = None) -> Words:
        lifetime, room = _milliseconds(put.ttl), room_of(put.key, self._rooms)
        if room is None and seen is None:
            return ("SET", put.key, put.value, "PX", lifetime, *filter(None, [how]))
        keys = (put.key, f"room:{room}") if room else (put.key,)
        wanted = [put.value, lifetime, self._rooms[room] if room else 0, SLOT, how, *([] if seen is None else [seen])]
        return "EVAL", scripts.KEEP, len(keys), *keys, *wanted

    def _removing(self, key: str) -> Iterator[Words]:
        """Without a script: in a transaction Redis refuses those when its memory is full."""
        yield "DEL", key
        room = room_of(key, self._rooms)
        if room:
            # Slots of a larger record leave the room when their time is over.
            yield "ZREM", f"room:{room}", *(f"{slot} {key}" for slot in range(8))

    def _take(self, key: str) -> object:
        room = room_of(key, self._rooms)
        if room:
            return self._line.command("EVAL", scripts.TAKE_FROM_ROOM, 2, key, f"room:{room}", SLOT)
        if self._has_getdel:
            try:
                return self._line.command("GETDEL", key)
            except redis.ResponseError as error:
                if "unknown command" not in str(error).lower():
                    raise
                self._has_getdel = False
        return self._line.command("EVAL", scripts.TAKE, 1, key)

    def _ask_again(self, command: Callable[[], _Answer]) -> _Answer:
        """For what may be repeated: it changes nothing, or comes to the same."""
        return self._ask(command, command)

    def _ask(self, command: Callable[[], _Answer], after_loss: Callable[[], _Answer] | None = None) -> _Answer:
        """Do it. `after_loss` comes in place of an answer that was lost with its connection, as after a restart of
        Redis; not after a timeout, which would double the time that a visitor waits."""
        try:
            try:
                return self._patiently(command)
            except redis.ConnectionError:
                if after_loss is None:
                    raise
                return self._patiently(after_loss)
            except redis.OutOfMemoryError:
                # Nothing was done. What strangers left makes room, the oldest first.
                self._line.command(
                    "EVAL", scripts.MAKE_ROOM, len(self._rooms), *map("room:{}".format, self._rooms), EVICTED
                )
                return command()
        except redis.OutOfMemoryError as error:
            raise StoreFull(f"Redis cannot be used: {_in_words(error)}.", "Give it more memory: maxmemory.") from error
        except (redis.RedisError, OSError) as error:
            # The other idle connections lead to the same broken or demoted server. Without this each of
            # them would cost one more visitor an error page after Redis is back.
            self._line.redis.connection_pool.disconnect(inuse_connections=False)
            hint = "Is it running, reachable from here, writable, and is REDIS_URL right?"
            raise StoreUnavailable(f"Redis cannot be used: {_in_words(error)}.", hint) from error


def _milliseconds(ttl: float) -> int:
    return max(1, int(ttl * 1000))


def _bytes_or_none(answer: object) -> bytes | None:
    return answer if isinstance(answer, bytes) else None


def _in_words(error: Exception) -> str:
    # Redis repeats the arguments of a command that it does not know: a few words of its first line are enough.
    return f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else 'no words'}"
