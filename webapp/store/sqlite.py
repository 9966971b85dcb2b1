"""A store in one SQLite file: shared by the threads and processes of one machine, kept over a restart."""

import secrets
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from .protocol import PROBE_SECONDS, StoreUnavailable, outlives_now, touch_slack
from .sqlite_file import SqliteFile

SWEEP_EVERY = 60.0  # seconds between two removals of expired records, by one process
SWEEP_AT_MOST = 200  # records per removal, so that no request pays for a long backlog
CLOCK_SLACK = 300.0  # seconds by which a record may seem to come from the future

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    key TEXT PRIMARY KEY, value BLOB NOT NULL, written REAL NOT NULL, expires REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires);
"""

# Live is `expires > :now AND written <= :newest`. A record that was written in the future was written by a
# clock that has been set back since; its lifetime means nothing any more and may be years.
_PUT = """
INSERT INTO records (key, value, written, expires) VALUES (:key, :value, :now, :expires)
ON CONFLICT (key) DO UPDATE SET value = :value, written = :now, expires = :expires
"""
_ADD = """
INSERT INTO records (key, value, written, expires) VALUES (:key, :value, :now, :expires)
ON CONFLICT (key) DO UPDATE SET value = :value, written = :now, expires = :expires
WHERE NOT (records.expires > :now AND records.written <= :newest)
"""
_REPLACE = """
UPDATE records SET value = :value, written = :now, expires = :expires
WHERE key = :key AND expires > :now AND written <= :newest
"""
_GET = "SELECT value FROM records WHERE key = :key AND expires > :now AND written <= :newest"
_EXPIRES = "SELECT expires FROM records WHERE key = :key AND expires > :now AND written <= :newest"
_TOUCH = "UPDATE records SET expires = :expires WHERE key = :key AND expires > :now AND written <= :newest"
# Finding and removing are one statement: of two processes that take at once, one gets no row.
_TAKE = "DELETE FROM records WHERE key = :key AND expires > :now AND written <= :newest RETURNING value"
_RELEASE = """
DELETE FROM records WHERE key = :key AND value = :value AND expires > :now AND written <= :newest
"""
# BEGIN IMMEDIATE would not do: on a file that can only be read it succeeds.
_PROBE = "DELETE FROM records WHERE key IS NULL"
_SWEEP = "DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires <= :now LIMIT :most)"

_Row = dict[str, str | bytes | float]


class SqliteStore:
    """Records in the file at ``path``, which is made with mode 0600 in a directory of mode 0700.

    ``now`` returns seconds since the epoch and must agree between the processes that share the file.
    ``busy_timeout`` is how many seconds a call waits for another writer. The file is opened by the first
    call, not by the constructor: a server that forks after start-up must not share connections.
    """

    def __init__(self, path: str | Path, now: Callable[[], float] = time.time, *, busy_timeout: float = 5.0) -> None:
        self._file = SqliteFile(Path(path), _SCHEMA, busy_timeout)
        self._now = now
        self._swept = now()

    def put(self, key: str, value: bytes, ttl: float) -> None:
        """Keep ``value`` under ``key``, whatever was there before."""
        if outlives_now(ttl):
            self._sweep_now_and_then()
            self._change(_PUT, self._row(key, value, ttl))
        else:
            self.drop(key)

    def add(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is free."""
        if not outlives_now(ttl):
            return False
        self._sweep_now_and_then()
        return self._change(_ADD, self._row(key, value, ttl))

    def replace(self, key: str, value: bytes, ttl: float) -> bool:
        """Keep ``value`` only if ``key`` is present."""
        if outlives_now(ttl):
            return self._change(_REPLACE, self._row(key, value, ttl))
        self.drop(key)
        return False

    def get(self, key: str) -> bytes | None:
        """The value, or None when it is absent or expired."""
        with self._file.reading() as connection:
            return _only_value(connection.execute(_GET, self._row(key)))

    def take(self, key: str) -> bytes | None:
        """The value, removed in the same step."""
        with self._file.writing() as connection:
            return _only_value(connection.execute(_TAKE, self._row(key)))

    def touch(self, key: str, ttl: float) -> bool:
        """Let a present record live ``ttl`` from now; a push that is too small to matter costs no write."""
        if not outlives_now(ttl):
            self.drop(key)
            return False
        row = self._row(key, ttl=ttl)
        with self._file.reading() as connection:
            found = connection.execute(_EXPIRES, row).fetchall()
        if not found:
            return False
        return abs(found[0][0] - float(row["expires"])) < touch_slack(ttl) or self._change(_TOUCH, row)

    def drop(self, key: str) -> bool:
        """Remove the record; True if there was a live one."""
        return self.take(key) is not None

    def release(self, key: str, value: bytes) -> bool:
        """Remove the record only if it still holds ``value``."""
        return self._change(_RELEASE, self._row(key, value))

    def ping(self) -> None:
        """Begin to write and find nothing to write: a read-only, damaged or locked file is found out."""
        with self._file.writing() as connection:
            connection.execute(_PROBE)

    def probe(self) -> None:
        """Write, read and delete a row in one transaction, which others see nothing of."""
        row = {"key": f"probe:{secrets.token_hex(16)}", "value": bytes(2048)}
        with self._file.writing(PROBE_SECONDS) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute(_PUT, {**row, "now": 0.0, "expires": 0.0})
                kept = connection.execute("SELECT value FROM records WHERE key = :key", row).fetchall()
                connection.execute("DELETE FROM records WHERE key = :key", row)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        if kept != [(row["value"],)]:
            raise StoreUnavailable("The SQLite file gave back something else than was written.", "Is the disk sound?")

    def close(self) -> None:
        """Close this process's idle connections."""
        self._file.close()

    def _change(self, statement: str, row: _Row) -> bool:
        with self._file.writing() as connection:
            return connection.execute(statement, row).rowcount == 1

    def _row(self, key: str, value: bytes = b"", ttl: float = 0.0) -> _Row:
        now = self._now()
        return {"key": key, "value": value, "now": now, "newest": now + CLOCK_SLACK, "expires": now + ttl}

    def _sweep_now_and_then(self) -> None:
        # Expired records are invisible anyway; this keeps the file small. It comes before the caller's own
        # write, so that a fault here means that nothing was written. abs: the clock may jump back.
        now = self._now()
        if abs(now - self._swept) < SWEEP_EVERY:
            return
        self._swept = now
        with self._file.writing() as connection:
            removed = connection.execute(_SWEEP, {"now": now, "most": SWEEP_AT_MOST}).rowcount
        if removed == SWEEP_AT_MOST:
            self._swept = now - SWEEP_EVERY  # There is more: the next write goes on, and so outruns any flood.


def _only_value(cursor: sqlite3.Cursor) -> bytes | None:
    # fetchall, not fetchone: a statement that is not read to its end keeps its lock.
    rows: list[tuple[bytes]] = cursor.fetchall()
    return rows[0][0] if rows else None
