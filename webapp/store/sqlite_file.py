"""The file below ``SqliteStore``: made private, opened safely, and its faults put into words."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .protocol import StoreUnavailable

# DELETE ... RETURNING, which makes `take` one statement: https://sqlite.org/lang_returning.html
OLDEST_SQLITE = (3, 35, 0)

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
    the file anew, so that the store recovers by itself.
    """

    def __init__(self, path: Path, schema: str, busy_timeout: float) -> None:
        self._path = path
        self._schema = schema
        self._busy_timeout = busy_timeout
        # By process id. A connection must not cross a fork: its locks do not, and even closing it in the
        # child disturbs the parent, so a child leaves the parent's alone and has a list of its own.
        # https://sqlite.org/howtocorrupt.html, section 2.6.
        self._processes: dict[int, _Process] = {}

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in autocommit mode; one that met a fault is closed, not lent again."""
        idle = self._process().idle
        try:
            opened = self._reusable(idle) or self._open()
            try:
                yield opened.connection
            except BaseException:
                opened.connection.close()
                raise
        except sqlite3.ProgrammingError:
            raise  # our mistake, not the file's
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._in_words(error) from error
        idle.append(opened)

    @contextmanager
    def writing(self, patience: float | None = None) -> Iterator[sqlite3.Connection]:
        """Lend a connection to the one thread of this process that may write now.

        SQLite lets one connection write and has the others look again after growing pauses, so that a
        busy file serves some and starves others. In line, nobody waits longer than those before them need.
        """
        turn = self._process().writing
        if not turn.acquire(timeout=self._busy_timeout if patience is None else patience):
            hint = _HINTS[sqlite3.SQLITE_BUSY]
            raise StoreUnavailable(f"The SQLite file {self._path} cannot be used: too many writers.", hint)
        try:
            with self.reading() as connection:
                yield connection
        finally:
            turn.release()

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
            connection.executescript(self._schema)
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

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _in_words(self, error: Exception) -> StoreUnavailable:
        default = "" if isinstance(error, sqlite3.Error) else _HINTS[sqlite3.SQLITE_CANTOPEN]
        hint = _HINTS.get(_primary_code(error), default)
        return StoreUnavailable(f"The SQLite file {self._path} cannot be used: {error}.", hint)


def _primary_code(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
