"""Short-lived state behind one small protocol: memory, SQLite or Redis, and sealed values on top.

Import the implementations from their modules, so that an application without Redis never loads it:
``memory.MemoryStore``, ``sqlite.SqliteStore``, ``redis_store.RedisStore``, ``sealed.SealedStore``.
"""

from .protocol import Store, StoreUnavailable

__all__ = ["Store", "StoreUnavailable"]
