"""A store around another one that writes down every call, and lets a test step in before it is carried out."""

from collections.abc import Callable, Sequence
from typing import Any

from webapp.store.protocol import Charge, Put, Store


def nothing(call: str) -> None:
    """Let the call through."""


class CountingStore:
    """Calls are written down as `operation kind`, such as `get session`.

    `before(call)` runs first; it may take its time, change something, or raise in place of the call. `after(call)` runs
    when the call has returned.
    """

    def __init__(self, store: Store, before: Callable[[str], None] = nothing) -> None:
        self.store = store
        self.before = before
        self.after: Callable[[str], None] = nothing
        self.calls: list[str] = []

    def put(self, key: str, value: bytes, ttl: float) -> None:
        self._call("put", key, value, ttl)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        return bool(self._call("add", key, value, ttl))

    def replace(self, key: str, value: bytes, ttl: float, seen: bytes | None = None) -> bool:
        return bool(self._call("replace", key, value, ttl, seen))

    def get(self, key: str) -> bytes | None:
        found: bytes | None = self._call("get", key)
        return found

    def take(self, key: str) -> bytes | None:
        found: bytes | None = self._call("take", key)
        return found

    def touch(self, key: str, ttl: float) -> bytes | None:
        found: bytes | None = self._call("touch", key, ttl)
        return found

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        kinds = [put.key.partition(":")[0] for put in puts] + ["-" + key.partition(":")[0] for key in drops]
        kinds += ["+" + entry.key.partition(":")[0]] if entry else []
        return bool(self._call("change", "", puts, drops, entry, what=" ".join(kinds)))

    def spend(self, charges: Sequence[Charge]) -> float:
        return float(self._call("spend", "", charges))

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        wait, value = self._call("spend_and_get", "", charges, key, what=key.partition(":")[0])
        return wait, value

    def advice(self) -> list[str]:
        return self.store.advice()

    def census(self) -> dict[str, int]:
        return self.store.census()

    def drop(self, key: str) -> bool:
        return bool(self._call("drop", key))

    def release(self, key: str, value: bytes) -> bool:
        return bool(self._call("release", key, value))

    def close(self) -> None:
        self.store.close()

    def probe(self) -> None:
        self._call("probe", "")

    def _call(self, operation: str, key: str, *rest: Any, what: str = "") -> Any:
        call = f"{operation} {what or key.partition(':')[0]}".strip()
        self.calls.append(call)
        self.before(call)
        answer = getattr(self.store, operation)(*([key] if key else []), *rest)
        self.after(call)
        return answer
