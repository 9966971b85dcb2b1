"""A store whose records live by a clock that runs fast, for one that keeps time by itself, as Redis does."""

from collections.abc import Sequence
from typing import Any

from webapp.store.protocol import Put
from webapp.store.redis_store import RedisStore


class HurriedRedis(RedisStore):
    """Redis, in which a lifetime of 15 minutes ends after 15 minutes of a clock that is `speed` times as fast."""

    def __init__(self, url: str, speed: float, **options: Any) -> None:
        super().__init__(url, **options)
        self._speed = speed

    def put(self, key: str, value: bytes, ttl: float) -> None:
        super().put(key, value, ttl / self._speed)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        return super().add(key, value, ttl / self._speed)

    def replace(self, key: str, value: bytes, ttl: float) -> bool:
        return super().replace(key, value, ttl / self._speed)

    def touch(self, key: str, ttl: float) -> bytes | None:
        return super().touch(key, ttl / self._speed)

    def change(self, puts: Sequence[Put], drops: Sequence[str] = ()) -> None:
        super().change([put._replace(ttl=put.ttl / self._speed) for put in puts], drops)
