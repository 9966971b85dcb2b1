"""The file below ``SqliteStore``: made private, opened safely, and its faults put into words."""

import contextlib
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .protocol import StoreFull, StoreUnavailable

# DELETE ... RETURNING, which makes `take` one statement: https://sqlite.org/lang_returning.html
OLDEST_SQLITE = (3, 35, 0)
RESERVE = 1024 * 1024
"""Bytes of the disk that are given free when it is full, so that people can still sign off."""

# Result codes: https://sqlite.org/rescode.html. The low byte is the primary code.
_HINTS = {
    sqlite3.SQLITE_BUSY: "Another process holds the file for too long: stop it, or set REDIS_URL.",
    sqlite3.SQLITE_LOCKED: "Another connection holds the table for too long.",
    sqlite3.SQLITE_CORRUPT: "The file is damaged: delete it; everyone signs on again.",
    sqlite3.SQLITE_NOTADB: "The file is damaged or no SQLite database: delete it; everyone signs on again.",
    sqlite3.SQLITE_FULL: "The disk is full.",
    sqlite3.SQLITE_READONLY: "The file or its directory is not writable for this user.",
    sqlite3.SQLITE_CANTOPEN: "The file or its directory is not writable for this user.",
}


@dataclass(frozen=True)
class _Open:
    connection: sqlite3.Connection
    file: tuple[int, int]  # device and inode, to notice that somebody deleted the file


@dataclass(frozen=True)
class _Process:
    """What belongs to one process and must not cross a fork."""

    idle: list[_Open] = field(default_factory=list)
    writing: threading.Lock = field(default_factory=threading.Lock)


class SqliteFile:
    """Connections to one database file, lent to one thread at a time.

    A pool, not one connection per thread: a server that starts a thread per request would open and
    leak a connection per request. There are never more connections than threads at work.

    ``busy_timeout`` is in seconds. Every fault is raised as ``StoreUnavailable``; the next call opens
    the file again, so that the store recovers by itself.
    """

    def __init__(self, path: Path, schema: Sequence[str], version: int, busy_timeout: float) -> None:
        self._path = path
        self._version = version
        self._schema = schema
        self._busy_timeout = busy_timeout
        # By process id. A connection must not cross a fork: its locks do not, and even closing it in the
        # child disturbs the parent, so a child leaves the parent's alone and has a list of its own.
        # https://sqlite.org/howtocorrupt.html, section 2.6.
        self._processes: dict[int, _Process] = {}

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in autocommit mode; one that met a fault other than a full disk is not lent again."""
        idle = self._process().idle
        try:
            opened = self._reusable(idle) or self._open()
            try:
                yield opened.connection
            except BaseException as error:
                if _primary_code(error) == sqlite3.SQLITE_FULL:
                    opened.connection.rollback()
                    idle.append(opened)
                else:
                    opened.connection.close()
                raise
        except sqlite3.ProgrammingError:
            raise  # our mistake, not the file's
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._in_words(error) from error
        idle.append(opened)

    @contextlib.contextmanager
    def writing(self, patience: float | None = None, *, together: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend a connection to the one thread of this process that may write now.

        It is in a transaction, which an exception rolls back; ``together=False`` leaves that to SQLite, for a single
        statement. SQLite lets one connection write and has the others look again after growing pauses, so that a
        busy file serves some and starves others. In line, nobody waits longer than those before them need.
        ``patience`` in seconds shortens ``busy_timeout``.
        """
        patience = self._busy_timeout if patience is None else min(patience, self._busy_timeout)
        turn = self._process().writing
        if not turn.acquire(timeout=patience):
            hint = _HINTS[sqlite3.SQLITE_BUSY]
            raise StoreUnavailable(f"The SQLite file {self._path} cannot be used: too many writers.", hint)
        try:
            with self.reading() as connection:
                if patience < self._busy_timeout:
                    connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}").fetchall()
                if together:
                    connection.execute("BEGIN IMMEDIATE")
                yield connection
                if together:
                    connection.execute("COMMIT")
                if patience < self._busy_timeout:
                    connection.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout * 1000)}").fetchall()
        finally:
            turn.release()

    def reserve(self) -> None:
        """Keep some of the disk for removing: in a write-ahead log, even that needs space."""
        spare = self._spare()
        with contextlib.suppress(OSError):
            if not spare.exists() and shutil.disk_usage(spare.parent).free > 4 * RESERVE:
                with open(os.open(spare, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                    file.write(bytes(RESERVE))

    def shrink(self, *, release_reserve: bool) -> None:
        """On a full disk: begin the log again in the space that it has, and give the reserve free if asked."""
        if release_reserve:
            with contextlib.suppress(OSError):
                self._spare().unlink(missing_ok=True)
        with contextlib.suppress(StoreFull), self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def _spare(self) -> Path:
        return self._path.with_name(f"{self._path.name}-reserve")

    def close(self) -> None:
        """Close this process's idle connections."""
        idle = self._process().idle
        while idle:
            idle.pop().connection.close()

    def _process(self) -> _Process:
        # Dictionary and list methods are atomic here, so there is no lock that a fork could copy locked.
        return self._processes.get(os.getpid()) or self._processes.setdefault(os.getpid(), _Process())

    def _reusable(self, idle: list[_Open]) -> _Open | None:
        while idle:
            try:
                opened = idle.pop()
            except IndexError:  # another thread was faster
                return None
            # A deleted file stays readable for those who have it open; without this check they would
            # go on sharing sessions that a newly started process cannot see.
            if opened.file == self._identity():
                return opened
            opened.connection.close()
        return None

    def _open(self) -> _Open:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            sentence = f"Python's SQLite {sqlite3.sqlite_version} is too old."
            raise StoreUnavailable(sentence, "Install SQLite 3.35 or newer, or set REDIS_URL.")
        self._make_private()
        connection = sqlite3.connect(
            self._path, timeout=self._busy_timeout, isolation_level=None, check_same_thread=False
        )
        try:
            self._use_write_ahead_log(connection)
            # In WAL mode NORMAL cannot damage the file; a power failure may lose the last moments.
            # https://sqlite.org/pragma.html#pragma_synchronous
            connection.execute("PRAGMA synchronous = NORMAL")
            # What is removed is overwritten: a later thief of file and key finds no session that has ended. The
            # log holds it until it is written over. https://sqlite.org/pragma.html#pragma_secure_delete
            connection.execute("PRAGMA secure_delete = ON").fetchall()
            self._make_tables(connection)
            return _Open(connection, self._identity() or (0, 0))
        except BaseException:
            connection.close()
            raise

    def _make_private(self) -> None:
        """The file is for this user only; SQLite gives -wal and -shm the same permissions.

        The directory is made private if we make it; one that was there already is not ours to change.
        An existing file is never opened here: closing any descriptor of it would drop every lock that
        this process's other connections hold. https://sqlite.org/howtocorrupt.html, section 2.2.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            if self._path.is_file() and self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)

    def _use_write_ahead_log(self, connection: sqlite3.Connection) -> None:
        # The switch to WAL does not wait for a lock as other statements do; processes that start
        # together on a new file would fail. Once switched, the file stays so and this is only a look.
        give_up = time.monotonic() + self._busy_timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchall()
                return
            except sqlite3.OperationalError as error:
                if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                time.sleep(0.01)

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA user_version").fetchall() == [(self._version,)]:
            return
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchall() != [(self._version,)]:  # Nobody was faster.
            for statement in self._schema:
                connection.execute(statement)
        connection.execute("COMMIT")
        self.reserve()

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _in_words(self, error: Exception) -> StoreUnavailable:
        default = "" if isinstance(error, sqlite3.Error) else _HINTS[sqlite3.SQLITE_CANTOPEN]
        hint = _HINTS.get(_primary_code(error), default)
        kind = StoreFull if _primary_code(error) == sqlite3.SQLITE_FULL else StoreUnavailable
        return kind(f"The SQLite file {self._path} cannot be used: {error}.", hint)


def _primary_code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
