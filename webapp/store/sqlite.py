"""A store in one SQLite file: shared by the threads and processes of one machine, kept over a restart."""

import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from . import sqlite_statements as sql
from .protocol import PROBE_SECONDS, Charge, Put, StoreFull, StoreUnavailable, outlives_now, touch_slack
from .rooms import ROOMS, room_of, slots
from .sqlite_file import SqliteFile

SWEEP_EVERY = 60.0  # seconds between two removals of expired records, by one process
SWEEP_AT_MOST = 200  # records per removal, so that no request pays for a long backlog
TICK = 1.0  # seconds that the clock in the file may be behind
SCARCE = 100 * 1024 * 1024  # bytes free on the disk, below which the operator should hear of it

_Answer = TypeVar("_Answer")


class SqliteStore:
    """Records in the file at ``path``, which is made with mode 0600 in a directory of mode 0700.

    ``now`` returns seconds since the epoch and must agree between the processes that share the file. The
    store's own time never goes back: the file remembers the latest time that was seen, and by how much clocks
    have been set back since. What was written with ten minutes to live has ten minutes to live, however the
    clock is set meanwhile; a clock that is set forward ends records early.

    ``busy_timeout`` is how many seconds a call waits for another writer. The file is opened by the first
    call, not by the constructor: a server that forks after start-up must not share connections.
    """

    def __init__(
        self,
        path: str | Path,
        now: Callable[[], float] = time.time,
        *,
        busy_timeout: float = 5.0,
        rooms: Mapping[str, int] = ROOMS,
    ) -> None:
        self._file = SqliteFile(Path(path), sql.SCHEMA, sql.VERSION, busy_timeout)
        self._path, self._wall, self._rooms = Path(path), now, rooms
        self._swept = now()

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        self.change([Put(key, value, ttl)])

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free."""
        return outlives_now(ttl) and self._keep(sql.ADD, Put(key, value, ttl))

    def replace(self, key: str, value: bytes, ttl: float, seen: bytes | None = None) -> bool:
        """Keep ``value`` only if ``key`` is present, and still holds ``seen`` where that is given."""
        if outlives_now(ttl):
            return self._keep(sql.REPLACE if seen is None else sql.REPLACE_SEEN, Put(key, value, ttl), seen)
        self.drop(key)
        return False

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        with self._file.reading() as connection:
            return _value(connection.execute(sql.GET, {"key": key, "wall": self._wall()}))

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        return self._change(lambda connection, row: _value(connection.execute(sql.TAKE, row)), {"key": key}, True)

    def touch(self, key: str, ttl: float) -> bytes | None:
        """The value, whose record lives ``ttl`` from now; a push that is too small to matter costs no write."""
        if not outlives_now(ttl):
            self.drop(key)
            return None
        with self._file.reading() as connection:
            found = connection.execute(sql.LEFT, {"key": key, "wall": self._wall()}).fetchall()
        if not found or abs(found[0][1] - ttl) < touch_slack(ttl):
            return found[0][0] if found else None
        row = {"key": key, "ttl": ttl}
        return self._change(lambda connection, row: _value(connection.execute(sql.TOUCH, row)), row)

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return self.take(key) is not None

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""
        row = {"key": key, "value": value}
        return self._change(lambda connection, row: connection.execute(sql.RELEASE, row).rowcount == 1, row, True)

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        """Drop and put several records in one transaction, and `entry` where it is free."""
        dropped = [*drops, *(put.key for put in puts if not outlives_now(put.ttl))]

        def work(connection: sqlite3.Connection, row: dict[str, Any]) -> bool:
            for key in dropped:
                connection.execute(sql.DROP, {"key": key})
            for put in puts:
                if put.ttl > 0:
                    self._write(connection, sql.PUT, put, row["now"])
            return entry is None or self._write(connection, sql.ADD, entry, row["now"])

        self._sweep_now_and_then()
        return self._change(work, {}, removing=not puts)

    def spend(self, charges: Sequence[Charge]) -> float:
        """Charge every bucket, or none; return the seconds until none would overflow."""
        return self.spend_and_get(charges, "")[0]

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        """`spend`, and the value under ``key``, in one transaction."""

        def work(connection: sqlite3.Connection, row: dict[str, Any]) -> tuple[float, bytes | None]:
            found = (_first(connection.execute(sql.LEVEL, {**row, "key": each.key}), 0.0) for each in charges)
            levels = [max(level, 0.0) for level in found]
            wait: float = max(level + each.cost - each.most for level, each in zip(levels, charges, strict=True))
            if wait <= 0:
                for level, each in zip(levels, charges, strict=True):
                    self._write(connection, sql.PUT, Put(each.key, b"", level + each.cost), row["now"])
            return max(wait, 0.0), _value(connection.execute(sql.FIND, {**row, "key": key}))

        self._sweep_now_and_then()
        return self._change(work, {})

    def advice(self) -> list[str]:
        """Say when the disk is nearly full, while everything still works."""
        try:
            free = shutil.disk_usage(self._path.parent).free
        except OSError:
            return []  # There is no such directory yet: the first write makes it.
        return [f"The disk with the SQLite file has {free >> 20} MB left: make room."] if free < SCARCE else []

    def census(self) -> dict[str, int]:
        """How many records of each kind there are, expired ones that were not swept yet included."""
        with self._file.reading() as connection:
            return dict(connection.execute(sql.CENSUS).fetchall())

    def ping(self) -> None:
        """Begin to write and find nothing to write: a read-only, damaged or locked file is found out."""
        with self._file.writing() as connection:
            connection.execute(sql.NOTHING)

    def probe(self) -> None:
        """Write, read and delete a row in one transaction, which others see nothing of."""
        row = {"key": f"probe:{secrets.token_hex(16)}", "value": bytes(2048), "expires": 0.0, "room": None, "slots": 1}
        with self._file.writing(PROBE_SECONDS) as connection:
            connection.execute(sql.PUT, row)
            kept = connection.execute("SELECT value FROM records WHERE key = :key", row).fetchall()
            connection.execute(sql.DROP, row)
        if kept != [(row["value"],)]:
            raise StoreUnavailable("The SQLite file gave back something else than was written.", "Is the disk sound?")

    def close(self) -> None:
        """Close this process's idle connections."""
        self._file.close()

    def _keep(self, statement: str, put: Put, seen: bytes | None = None) -> bool:
        self._sweep_now_and_then()
        return self._change(lambda connection, row: self._write(connection, statement, put, row["now"], seen), {})

    def _write(
        self, connection: sqlite3.Connection, statement: str, put: Put, now: float, seen: bytes | None = None
    ) -> bool:
        room = room_of(put.key, self._rooms)
        row = {"key": put.key, "value": put.value, "now": now, "expires": now + put.ttl, "room": room, "seen": seen}
        kept = connection.execute(statement, {**row, "slots": slots(put.value)}).rowcount == 1
        if kept and room:
            excess = _first(connection.execute(sql.USED, row), 0) - self._rooms[room]
            if excess > 0:
                connection.execute(sql.EVICT, {"room": room, "most": excess})
        return kept

    def _change(
        self, work: Callable[[sqlite3.Connection, dict[str, Any]], _Answer], row: dict[str, Any], removing: bool = False
    ) -> _Answer:
        """Do the work in one transaction; on a full disk make room by what strangers left, and try once more.

        Removing is allowed to use the space that was reserved for it: signing off works on a full disk.
        """
        try:
            with self._writing() as (connection, now):
                return work(connection, {**row, "now": now})
        except StoreFull:
            self._file.shrink(release_reserve=removing)
            if not removing:
                with self._file.writing() as connection:
                    connection.execute(sql.MAKE_ROOM, {"most": SWEEP_AT_MOST})
        with self._writing() as (connection, now):
            return work(connection, {**row, "now": now})

    @contextmanager
    def _writing(self) -> Iterator[tuple[sqlite3.Connection, float]]:
        """Lend a connection in a transaction, and the store's time."""
        with self._file.writing() as connection:
            wall = self._wall()
            seen, ahead = connection.execute(sql.CLOCK).fetchall()[0]
            if abs(wall - seen) > TICK:
                # Written down before anything else: whoever writes next with a clock that was set back goes on
                # from here. Without this a held lock would be granted again, or a mark would be over too soon.
                ahead, seen = ahead + max(seen - wall, 0.0), wall
                connection.execute(sql.SET_CLOCK, {"seen": seen, "ahead": ahead})
            yield connection, max(wall, seen) + ahead

    def _sweep_now_and_then(self) -> None:
        # Expired records are invisible anyway; this keeps the file small. It comes before the caller's own
        # write, so that a fault here means that nothing was written. abs: the clock may jump back.
        wall = self._wall()
        if abs(wall - self._swept) < SWEEP_EVERY:
            return
        self._swept = wall
        row = {"most": SWEEP_AT_MOST}
        removed = self._change(lambda connection, row: connection.execute(sql.SWEEP, row).rowcount, row, True)
        self._file.reserve()
        if removed == SWEEP_AT_MOST:
            self._swept = wall - SWEEP_EVERY  # There is more: the next write goes on, and so outruns any flood.


def _value(cursor: sqlite3.Cursor) -> bytes | None:
    value: bytes | None = _first(cursor, None)
    return value


def _first(cursor: sqlite3.Cursor, otherwise: Any) -> Any:
    # fetchall, not fetchone: a statement that is not read to its end keeps its lock.
    rows = cursor.fetchall()
    return rows[0][0] if rows else otherwise
