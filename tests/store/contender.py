"""One process of a race: `contender.py STORE KEYS`; says ready, waits for a line, takes and locks what it can.

STORE is a Redis URL or the path of a SQLite file. Prints one JSON object: what it took, what it locked.
"""

import json
import sys
from urllib.parse import urlsplit

from webapp.store import Store
from webapp.store.redis_store import RedisStore
from webapp.store.sqlite import SqliteStore


def main(where: str, keys: int) -> None:
    store: Store = RedisStore(where) if urlsplit(where).scheme else SqliteStore(where)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    took = [number for number in range(keys) if store.take(f"key {number}") is not None]
    locked = [number for number in range(keys) if store.add(f"lock {number}", b"mine", 60)]
    sys.stdout.write(json.dumps({"took": took, "locked": locked}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
