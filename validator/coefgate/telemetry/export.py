"""Taking records away: as Parquet, as CSV, or as JSON lines that a store takes in again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import csv, parquet

from coefgate.core.atomic_files import new_file
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.runner.call_record import CALLS, SCHEMA_VERSION, ColumnType
from coefgate.telemetry.record_rows import CALL_NAMES, WRITER_NAMES
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store import Store
from coefgate.telemetry.store_errors import damaged_store

_AT_ONCE: Final = 10_000
"""Rows of a group of a Parquet file, and those that are held in memory."""
_TYPES: Final[dict[ColumnType, Any]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
}
SCHEMA: Final = pa.schema(
    [pa.field(one.name, _TYPES[one.kind], nullable=not one.required) for one in CALLS],
    metadata={"coefgate_store_version": SCHEMA_VERSION},
)
"""The columns of a table that is taken away: those of ``calls``."""
_StoredRows = Sequence[sa.Row[Any]]
_Write = Callable[[_StoredRows], None]


def export(
    store: Store, target: Path, *, since: int | None = None, until: int | None = None
) -> int:
    """Write the records that began in [since, until) to a new file; how many there are.

    Its name says how: ``.parquet``, ``.csv`` or ``.jsonl``. Times are microseconds since 1970. It
    is there as a whole or not at all, and nothing is written over.
    """
    if target.suffix not in _FORMATS:
        raise UsageProblem(
            f"{target} does not say its format. End its name with {', '.join(_FORMATS)}."
        )
    if target.exists():
        raise EnvironmentProblem(
            f"{target} is there already, and nothing is written over another file. Look at it "
            f"with: ls -l {shlex.quote(str(target))}"
        )
    asked = sa.select(calls).order_by(calls.c.writer, calls.c.sequence)
    if since is not None:
        asked = asked.where(calls.c.started_at >= since)
    if until is not None:
        asked = asked.where(calls.c.started_at < until)
    try:
        return _written(store, target, asked)
    except pa.ArrowException as error:
        raise damaged_store(store.address.shown, f"a value ({error})") from error


def _written(store: Store, target: Path, asked: sa.Select[Any]) -> int:
    written = 0
    with ExitStack() as stack:
        beside = stack.enter_context(new_file(target))
        connection = stack.enter_context(store.read())
        with _FORMATS[target.suffix](beside, connection) as write:
            found = connection.execution_options(yield_per=_AT_ONCE).execute(asked)
            for rows in found.partitions():
                write(rows)
                written += len(rows)
    return written


def _batch(rows: _StoredRows) -> pa.RecordBatch:
    columns = zip(zip(*rows, strict=True), SCHEMA, strict=True)
    arrays = [pa.array(values, type=field.type) for values, field in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


@contextmanager
def _table(writer: Callable[..., Any], path: Path, _: sa.Connection) -> Iterator[_Write]:
    with writer(path, SCHEMA) as opened:
        yield lambda rows: opened.write_batch(_batch(rows))


@contextmanager
def _lines(path: Path, connection: sa.Connection) -> Iterator[_Write]:
    """What is known of recorders comes last, as in a store that is filled."""
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(names: Sequence[str], rows: _StoredRows) -> None:
            for row in rows:
                line = json.dumps(dict(zip(names, row, strict=True)), separators=(",", ":"))
                file.write(f"{line}\n")

        yield partial(write, CALL_NAMES)
        write(WRITER_NAMES, connection.execute(sa.select(writers)).all())


_FORMATS: Final[dict[str, Callable[[Path, sa.Connection], AbstractContextManager[_Write]]]] = {
    ".parquet": partial(_table, parquet.ParquetWriter),
    ".csv": partial(_table, csv.CSVWriter),
    ".jsonl": _lines,
}
