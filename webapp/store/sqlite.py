"""A store in one SQLite file: shared by the threads and processes of one machine, kept over a restart."""

import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
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
    clock is set; a clock that is set forward ends records early.

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
        self._swept, self._noted = now(), -TICK

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        if outlives_now(ttl):
            self._keep(sql.PUT, Put(key, value, ttl))
        else:
            self.drop(key)

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
            value: bytes | None = _first_of(sql.GET, {"key": key}, connection, self._wall())
        return value

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        work = partial(_first_of, sql.TAKE, {"key": key})
        value: bytes | None = self._change(work, removing=True, together=False)
        return value

    def touch(self, key: str, ttl: float) -> bytes | None:
        """The value, whose record lives ``ttl`` from now; a push that is too small to matter costs no write."""
        if not outlives_now(ttl):
            self.drop(key)
            return None
        with self._file.reading() as connection:
            found = connection.execute(sql.LEFT, {"key": key, "wall": self._wall()}).fetchall()
        if not found or abs(found[0][1] - ttl) < touch_slack(ttl):
            return found[0][0] if found else None
        work = partial(_first_of, sql.TOUCH, {"key": key, "ttl": ttl})
        value: bytes | None = self._change(work, together=False)
        return value

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return self.take(key) is not None

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""

        def work(connection: sqlite3.Connection, wall: float) -> bool:
            return connection.execute(sql.RELEASE, {"key": key, "value": value, "wall": wall}).rowcount == 1

        return self._change(work, removing=True, together=False)

    def change(self, puts: Sequence[Put], drops: Sequence[str] = (), entry: Put | None = None) -> bool:
        """Drop and put several records in one transaction, and `entry` where it is free."""
        dropped = [*drops, *(put.key for put in puts if not outlives_now(put.ttl))]

        def work(connection: sqlite3.Connection, wall: float) -> bool:
            for key in dropped:
                connection.execute(sql.DROP, {"key": key})
            for put in puts:
                if put.ttl > 0:
                    self._write(connection, sql.PUT, put, wall)
            return entry is None or self._write(connection, sql.ADD, entry, wall)

        self._sweep_now_and_then()
        return self._change(work, removing=not puts)

    def spend(self, charges: Sequence[Charge]) -> float:
        """Charge every bucket, or none; return the seconds until none would overflow."""
        return self.spend_and_get(charges, "")[0]

    def spend_and_get(self, charges: Sequence[Charge], key: str) -> tuple[float, bytes | None]:
        """`spend`, and the value under ``key``, in one transaction."""

        def work(connection: sqlite3.Connection, wall: float) -> tuple[float, bytes | None]:
            found = [_first_of(sql.LEVEL, {"key": each.key}, connection, wall) for each in charges]
            levels = [max(level or 0.0, 0.0) for level in found]
            wait: float = max(level + each.cost - each.most for level, each in zip(levels, charges, strict=True))
            if wait <= 0:
                for level, each in zip(levels, charges, strict=True):
                    self._write(connection, sql.PUT, Put(each.key, b"", level + each.cost), wall)
            return max(wait, 0.0), _first_of(sql.GET, {"key": key}, connection, wall)

        self._sweep_now_and_then()
        return self._change(work)

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

    def probe(self) -> None:
        """Write, read and delete a row in one transaction, which others see nothing of."""
        row = {"key": f"probe:{secrets.token_hex(16)}", "value": bytes(2048), "room": None, "slots": 1}
        with self._file.writing(PROBE_SECONDS) as connection:
            connection.execute(sql.PUT, {**row, "wall": self._wall(), "ttl": 0.0}).fetchall()
            kept = connection.execute("SELECT value FROM records WHERE key = :key", row).fetchall()
            connection.execute(sql.DROP, row)
        if kept != [(row["value"],)]:
            raise StoreUnavailable("The SQLite file gave back something else than was written.", "Is the disk sound?")

    def close(self) -> None:
        """Close this process's idle connections."""
        self._file.close()

    def _keep(self, statement: str, put: Put, seen: bytes | None = None) -> bool:
        def work(connection: sqlite3.Connection, wall: float) -> bool:
            return self._write(connection, statement, put, wall, seen)

        self._sweep_now_and_then()
        return self._change(work, together=room_of(put.key, self._rooms) is not None)

    def _write(
        self, connection: sqlite3.Connection, statement: str, put: Put, wall: float, seen: bytes | None = None
    ) -> bool:
        key, value, ttl = put
        room, taken = room_of(key, self._rooms), slots(value)
        row = {"key": key, "value": value, "ttl": ttl, "wall": wall, "room": room, "slots": taken, "seen": seen}
        kept = connection.execute(statement, row).fetchall()
        if kept and room and (kept[0][0] or 0) + taken > self._rooms[room]:
            connection.execute(sql.EVICT, {"room": room, "most": self._rooms[room]})
        return bool(kept)

    def _change(
        self, work: Callable[[sqlite3.Connection, float], _Answer], removing: bool = False, together: bool = True
    ) -> _Answer:
        """Do the work, `together` in one transaction; on a full disk make room by what strangers left, and try again.

        Removing is allowed to use the space that was reserved for it: signing off works on a full disk.
        """
        try:
            wall = self._time()
            with self._file.writing(together=together) as connection:
                return work(connection, wall)
        except StoreFull:
            self._file.shrink(release_reserve=removing)
            if not removing:
                with self._file.writing() as connection:
                    connection.execute(sql.MAKE_ROOM, {"most": SWEEP_AT_MOST})
        wall = self._time()
        with self._file.writing(together=together) as connection:
            return work(connection, wall)

    def _time(self) -> float:
        """The computer's clock, after a look whether it was set since this process looked last."""
        wall = self._wall()
        if abs(wall - self._noted) > TICK:
            with self._file.writing() as connection:
                seen, ahead = connection.execute(sql.CLOCK).fetchall()[0]
                if abs(wall - seen) > TICK:
                    # Written down before anything else: the next writer with a clock that was set back goes on
                    # from here. Without this a held lock would be granted again, or a mark would be over too soon.
                    row = {"seen": wall, "ahead": ahead + max(seen - wall, 0.0)}
                    connection.execute(sql.SET_CLOCK, row)
            self._noted = wall
        return wall

    def _sweep_now_and_then(self) -> None:
        # Expired records are invisible anyway; this keeps the file small. It comes before the caller's own
        # write, so that a fault here means that nothing was written. abs: the clock may jump back.
        wall = self._wall()
        if abs(wall - self._swept) < SWEEP_EVERY:
            return
        self._swept = wall

        def sweep(connection: sqlite3.Connection, wall: float) -> int:
            return connection.execute(sql.SWEEP, {"most": SWEEP_AT_MOST, "wall": wall}).rowcount

        removed = self._change(sweep, removing=True)
        self._file.reserve()
        if removed == SWEEP_AT_MOST:
            self._swept = wall - SWEEP_EVERY  # There is more: the next write goes on, and so outruns any flood.


def _first_of(statement: str, row: dict[str, Any], connection: sqlite3.Connection, wall: float) -> Any:
    """The first column of the first row; None where there is none."""
    # fetchall, not fetchone: a statement that is not read to its end keeps its lock.
    rows = connection.execute(statement, {**row, "wall": wall}).fetchall()
    return rows[0][0] if rows else None
