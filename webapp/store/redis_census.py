"""How many records of each kind are in a Redis, without asking it to look at all of them."""

from collections import Counter
from typing import Any

LOOKS = 10
KEYS_A_LOOK = 1000


def count_kinds(redis: Any) -> dict[str, int]:
    """Return the number of keys by kind; where there are more than some thousands, as the first of them suggest.

    SCAN goes by the hashes of the keys, which have nothing to do with their kinds: the first ten thousand are a sample.
    https://redis.io/docs/latest/commands/scan/#scan-guarantees
    """
    cursor, found = 0, Counter[str]()
    for _ in range(LOOKS):
        cursor, keys = redis.scan(cursor, count=KEYS_A_LOOK)
        found.update(bytes(key).partition(b":")[0].decode("ascii", "replace") for key in keys)
        if not cursor:
            break
    scale = redis.dbsize() / max(1, found.total()) if cursor else 1
    found.pop("room", 0)  # Not a record: what bounds the number of some.
    return {kind: round(number * scale) for kind, number in found.items()}
