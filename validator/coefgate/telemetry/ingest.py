"""Bringing records into a store: from another store, a spool, or exported files."""

from __future__ import annotations

import shlex
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from coefgate.core.problems import UsageProblem, explained
from coefgate.samples.foreign.skipped import Skipped
from coefgate.telemetry.adding import BATCH, AddedRecords, SeenWriters, add_calls, merge_writers
from coefgate.telemetry.record_lines import add_lines
from coefgate.telemetry.record_rows import (
    WRITER_NAMES,
    RefusedRow,
    StoredRow,
    TableName,
    checked_row,
)
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.spool import add_folder
from coefgate.telemetry.store import Store, open_store
from coefgate.telemetry.store_address import store_address

_MAGIC: Final = b"SQLite format 3\0"
_TABLES: Final = (".parquet", ".csv")
_CLOSED: Final = WRITER_NAMES.index("closed")


def ingest(source: str, store: Store) -> AddedRecords:
    """Add what ``source`` holds to ``store``; the source stays as it is.

    ``source``: the address of a store, a spool's folder, or a file that was exported.
    """
    path = None if "://" in source else Path(source)
    if path is not None and not path.exists():
        raise UsageProblem(
            f"{source} is not there. Name a store, a spool or a file that was exported."
        )
    if path is not None and path.is_dir():
        return add_folder(store, path)
    if path is not None and not path.is_file():
        raise UsageProblem(
            f"{source} is not a file. Name a store, a spool or a file that was exported."
        )
    if path is not None and path.suffix in _TABLES:
        return add_table(store, path)
    if path is not None and not _is_database(path):
        return add_lines(store, path)[0]
    address = store_address(source)
    if address.url == store.address.url:
        raise UsageProblem(f"{address.shown} is the store itself. Name another source.")
    with open_store(address) as other:
        return add_store(other, store)


def _is_database(path: Path) -> bool:
    """A file that holds no line of JSON is taken for one, and refused as such."""
    with path.open("rb") as file:
        first = file.read(len(_MAGIC))
    return first == _MAGIC or (b"{" not in first[:1] and not first.isspace())


def add_store(source: Store, store: Store) -> AddedRecords:
    """Add every record of ``source``, and what it knows of recorders."""
    done = AddedRecords()
    seen = _add_batches(store, raw_batches(source, sa.select(calls)), done)
    add_writers(source, store, seen.rows(), done)
    return done


def add_table(store: Store, path: Path) -> AddedRecords:
    """Add every record of an exported table, which says of recorders what its records do."""
    from coefgate.telemetry.record_tables import table_rows  # noqa: PLC0415 (takes long)

    done = AddedRecords()
    look = f"Look at it with: ls -l {shlex.quote(str(path))}"
    with explained(f"{path} cannot be read", look):
        seen = _add_batches(store, table_rows(path, done), done)
    with store.write() as connection:
        merge_writers(connection, seen.rows())
    return done


def _add_batches(
    store: Store, batches: Iterable[Sequence[Sequence[Any]]], done: AddedRecords
) -> SeenWriters:
    seen = SeenWriters()
    for some in batches:
        rows = list(good_rows("calls", some, done))
        seen.see(rows)
        with store.write() as connection:
            done.add(add_calls(connection, rows))
    return seen


def add_writers(
    source: Store, store: Store, further: Sequence[StoredRow], done: AddedRecords
) -> None:
    """Bring what is known of recorders to ``store``, once it has their records.

    One whose records are disputed has not ended there, so that shipping goes on to say so.
    """
    for some in raw_batches(source, sa.select(writers)):
        rows = [
            (*row[:_CLOSED], row[_CLOSED] and row[0] not in done.disputed, *row[_CLOSED + 1 :])
            for row in good_rows("writers", some, done)
        ]
        with store.write() as connection:
            merge_writers(connection, rows)
    with store.write() as connection:
        merge_writers(connection, further)


def raw_batches(source: Store, asked: sa.Select[Any]) -> Iterator[list[Sequence[Any]]]:
    """Rows as the database holds them, since a file of SQLite may hold anything anywhere."""
    bare = asked.with_only_columns(
        *(
            sa.type_coerce(one, sa.types.NullType()).label(one.name)
            for one in asked.selected_columns
        )
    )
    with source.read() as connection, _any_text(connection):
        for some in connection.execution_options(yield_per=BATCH).execute(bare).partitions():
            yield [*some]


@contextmanager
def _any_text(connection: sa.Connection) -> Iterator[None]:
    """Give bytes that are no UTF-8 as half characters, which are refused; SQLite keeps any."""
    bare: Any = connection.connection.driver_connection
    if not isinstance(bare, sqlite3.Connection):
        yield
        return
    bare.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        bare.text_factory = str


def good_rows(
    table: TableName, rows: Sequence[Sequence[Any]], done: AddedRecords
) -> Iterator[StoredRow]:
    """Those that a store may hold; the others are counted."""
    for row in rows:
        try:
            yield checked_row(table, row)
        except RefusedRow as error:
            done.refuse(error.name, ":".join(map(str, row[: 2 if table == "calls" else 1])))


def damaged_rows(store: Store) -> Skipped:
    """The rows of a store that no recorder writes, by ``writer:sequence``."""
    done, found = AddedRecords(), Skipped()
    tables: tuple[tuple[sa.Table, TableName], ...] = ((calls, "calls"), (writers, "writers"))
    for table, name in tables:
        for rows in raw_batches(store, sa.select(table)):
            deque(good_rows(name, rows, done), maxlen=0)
    for some in done.refused.values():
        found.add(some)
    return found
