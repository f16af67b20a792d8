"""The SQLite file of a recorder: its tables, and one insert for each record.

The file is a store like any other: what ``coefgate telemetry`` makes has the same tables.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from coefgate.runner.call_record import (
    CALLS,
    SCHEMA_VERSION,
    WRITERS,
    ColumnType,
    RecordColumn,
)

RecordRow = Sequence[Any]
_TYPES: Final[dict[ColumnType, str]] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "boolean": "BOOLEAN",
}
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_LARGEST_LOG: Final = 4 << 20
"""Bytes of the write-ahead log from which it is worth carrying over."""


def _created(name: str, columns: Sequence[RecordColumn], key: str) -> str:
    said = (f"{one.name} {_TYPES[one.kind]}{' NOT NULL' * one.required}" for one in columns)
    return f"CREATE TABLE {name} ({', '.join(said)}, PRIMARY KEY ({key})) WITHOUT ROWID"


TABLES: Final = (
    _created("calls", CALLS, "writer, sequence"),
    _created("writers", WRITERS, "writer"),
    (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    ),
)
"""What makes an empty file a store."""
_INSERT: Final = f"INSERT INTO calls VALUES ({', '.join('?' * len(CALLS))})"  # noqa: S608 (marks)
_INSERT_NEW: Final = _INSERT.replace("INSERT", "INSERT OR IGNORE", 1)
_SAME: Final = "SELECT * FROM calls WHERE writer = ? AND sequence = ?"
_SEEN: Final = (
    f"INSERT INTO writers VALUES ({', '.join('?' * len(WRITERS))}) "  # noqa: S608 (question marks)
    "ON CONFLICT (writer) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at), "
    "begun = max(begun, excluded.begun), closed = max(closed, excluded.closed)"
)


class OtherTables(Exception):
    """The file is a database, and no store of this program's version."""


def is_busy(error: Exception) -> bool:
    """Did somebody else hold the file just then?"""
    return (
        isinstance(error, sqlite3.Error)
        and (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in _BUSY
    )


class RecordFile:
    """An open SQLite file with the tables of a store, made where it holds nothing.

    Raises ``OSError``, ``sqlite3.Error`` and ``OtherTables``, here and in its methods. Used by one
    thread at a time. ``wait``: seconds that opening waits for others; an insert waits for nobody.
    """

    def __init__(self, path: Path, *, wait: float) -> None:
        self._path = os.fspath(path)
        _refuse_no_file(path)
        self._connection = sqlite3.connect(
            path, timeout=wait, isolation_level=None, check_same_thread=False
        )
        try:
            self._set_up()
            found = os.stat(path)  # noqa: PTH116 (as in ``is_gone``)
            self._inode = (found.st_ino, found.st_dev)
        except BaseException:
            self._connection.close()
            raise
        self._execute = self._connection.execute

    def _set_up(self) -> None:
        execute = self._connection.execute
        if not _version_is_ours(self._connection):
            execute("BEGIN IMMEDIATE")
            try:
                if not _version_is_ours(self._connection):  # another recorder was first
                    for statement in TABLES:
                        execute(statement)
                    execute("INSERT INTO alembic_version VALUES (?)", (SCHEMA_VERSION,))
                execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    execute("ROLLBACK")
                raise
        execute("PRAGMA journal_mode = WAL")
        # A record survives the death of its process; the last ones before a power cut need not.
        execute("PRAGMA synchronous = NORMAL")
        execute("PRAGMA wal_autocheckpoint = 0")  # done beside, by ``carry_over``
        execute("PRAGMA busy_timeout = 0").fetchall()

    def is_gone(self) -> bool:
        """Was it deleted, or another put in its place? Then nobody reads what is written."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 (a third of the time, for every call)
        except OSError:
            return True
        return (found.st_ino, found.st_dev) != self._inode

    def wait(self, seconds: float) -> None:
        """Let what follows wait so long for others."""
        self._execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}").fetchall()

    def insert(self, row: RecordRow) -> None:
        """Write one record."""
        self._execute(_INSERT, row)

    def holds(self, row: RecordRow) -> bool:
        """Is this very record there already?"""
        return bool(self._execute(_SAME, row[:2]).fetchone() == tuple(row))

    def insert_new(self, rows: Iterable[RecordRow]) -> None:
        """Write those of many that are not there, all or none."""
        self._execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_INSERT_NEW, rows)
            self._execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._execute("ROLLBACK")
            raise

    def see(self, writer: RecordRow) -> None:
        """Write what is known of a recorder, in the order of ``WRITERS``."""
        self._execute(_SEEN, writer)

    def carry_over(self) -> None:
        """Move what is in the write-ahead log into the file, as far as nobody is in the way."""
        self._execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Close it."""
        self._connection.close()


def _refuse_no_file(path: Path) -> None:
    """SQLite would write a journal beside a device, and nobody reads what went into it."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError("it is not a file")


def log_is_long(path: Path) -> bool:
    """Is it time to carry over?"""
    try:
        # SQLite follows links, and writes the log beside the file that they lead to.
        return Path(f"{os.path.realpath(path)}-wal").stat().st_size > _LARGEST_LOG
    except OSError:
        return False


def _version_is_ours(connection: sqlite3.Connection) -> bool:
    """Is it a store of our version? ``False``: it is empty. Else raises ``OtherTables``."""
    with closing(connection.execute("SELECT name FROM sqlite_master LIMIT 1")) as found:
        if found.fetchone() is None:
            return False
    try:
        with closing(connection.execute("SELECT version_num FROM alembic_version")) as found:
            versions = found.fetchall()
    except sqlite3.OperationalError as error:
        if is_busy(error):
            raise
        raise OtherTables("it holds other tables") from None
    if versions != [(SCHEMA_VERSION,)]:
        raise OtherTables("it has the tables of another version of Coefgate")
    return True
