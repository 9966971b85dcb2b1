"""A store in Redis or Valkey: shared by every process and machine that serves the same visitors."""

import secrets
import socket
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .protocol import StoreUnavailable, outlives_now

# Comparing and removing must be one step: https://redis.io/docs/latest/commands/set/#patterns
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
# GETDEL for servers before 6.2, and for those whose operator took it away.
_TAKE = "local value = redis.call('GET', KEYS[1]) if value then redis.call('DEL', KEYS[1]) end return value"

_Answer = TypeVar("_Answer")


class RedisStore:
    """Records in the Redis at ``url`` (``redis://``, ``rediss://`` or ``unix://``), which expires them.

    Nothing connects before the first call, so start-up never waits for Redis. ``connect_timeout`` and
    ``read_timeout`` are in seconds. Every error of Redis or of the way there is ``StoreUnavailable``, and
    the next call tries afresh. An unusable URL is a ``ValueError``.

    The retry after a lost connection may repeat a command that was carried out. Every command here is
    safe to repeat in the sense that matters: a second ``take`` or ``add`` may come away empty-handed,
    but a record is never handed out twice and a lock never held by two.
    """

    def __init__(self, url: str, *, connect_timeout: float = 1.0, read_timeout: float = 2.0) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_connect_timeout=connect_timeout,
            socket_timeout=read_timeout,
            # Once more on a dead pooled socket, as after a restart of Redis; not after a timeout, which
            # would double the time that a visitor waits.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
            # The plain protocol, which every Redis and Valkey speaks. The newer one makes redis-py ask for
            # maintenance notices and then skip its check that a pooled connection has no unread reply.
            protocol=2,
            **_options_for(urlsplit(url).scheme),
        )
        self._has_getdel = True

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        if outlives_now(ttl):
            self._ask(lambda: self._redis.set(key, value, px=_milliseconds(ttl)))
        else:
            self.drop(key)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free."""
        if not outlives_now(ttl):
            return False
        return bool(self._ask(lambda: self._redis.set(key, value, px=_milliseconds(ttl), nx=True)))

    def replace(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is present."""
        if outlives_now(ttl):
            return bool(self._ask(lambda: self._redis.set(key, value, px=_milliseconds(ttl), xx=True)))
        self.drop(key)
        return False

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        return _bytes_or_none(self._ask(lambda: self._redis.get(key)))

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        return _bytes_or_none(self._ask(lambda: self._take(key)))

    def touch(self, key: str, ttl: float) -> bool:
        """Let a present record live ``ttl`` from now."""
        if outlives_now(ttl):
            return self._ask(lambda: self._command("PEXPIRE", key, _milliseconds(ttl))) == 1
        self.drop(key)
        return False

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return self._ask(lambda: self._command("DEL", key)) == 1

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""
        return self._ask(lambda: self._command("EVAL", _RELEASE, 1, key, value)) == 1

    def ping(self) -> None:
        """Ask for a write that changes nothing; a plain PING is answered by a replica or a full Redis too."""
        self._ask(lambda: self._redis.set("ping", b"", px=1, xx=True))

    def probe(self) -> None:
        """Write, read and delete a record in one exchange."""
        key, value = f"probe:{secrets.token_hex(16)}", secrets.token_bytes(16)

        def exchange() -> list[Any]:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.set(key, value, px=1000)
                pipeline.get(key)
                pipeline.delete(key)
                return pipeline.execute()

        if self._ask(exchange)[1] != value:
            raise StoreUnavailable("Redis gave back something else than was written.", "Is REDIS_URL right?")

    def close(self) -> None:
        """Close every connection."""
        self._redis.connection_pool.disconnect()

    def _take(self, key: str) -> object:
        if self._has_getdel:
            try:
                return self._command("GETDEL", key)
            except redis.ResponseError as error:
                if "unknown command" not in str(error).lower():
                    raise
                self._has_getdel = False
        return self._command("EVAL", _TAKE, 1, key)

    def _command(self, *words: str | int | bytes) -> object:
        return self._redis.execute_command(*words)  # type: ignore[no-untyped-call]

    def _ask(self, command: Callable[[], _Answer]) -> _Answer:
        try:
            return command()
        except (redis.RedisError, OSError) as error:
            # The other idle connections lead to the same broken or demoted server. Without this each of
            # them would cost one more visitor an error page after Redis is back.
            self._redis.connection_pool.disconnect(inuse_connections=False)
            hint = "Is it running, reachable from here, writable, and is REDIS_URL right?"
            raise StoreUnavailable(f"Redis cannot be used: {_in_words(error)}.", hint) from error


def _options_for(scheme: str) -> dict[str, Any]:
    if scheme == "unix":
        return {}
    # Firewalls forget idle connections without a word; keep-alives notice before a visitor does.
    probes = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
    options: dict[str, Any] = {
        "socket_keepalive": True,
        "socket_keepalive_options": {
            getattr(socket, name): value for name, value in probes.items() if hasattr(socket, name)
        },
    }
    if scheme == "rediss":
        options["ssl_check_hostname"] = True  # redis-py before 6 checks the chain but not the name
    return options


def _milliseconds(ttl: float) -> int:
    return max(1, int(ttl * 1000))


def _bytes_or_none(answer: object) -> bytes | None:
    return answer if isinstance(answer, bytes) else None


def _in_words(error: Exception) -> str:
    # Redis repeats the arguments of a command that it does not know; its first line and few words
    # are enough, and the store's users seal what they keep.
    return f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else 'no words'}"
