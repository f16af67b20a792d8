"""Rows out of a table that ``telemetry/export`` wrote: Parquet or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv, parquet

from coefgate.core.problems import InvalidDocument
from coefgate.runner.call_record import CALLS, ColumnType
from coefgate.telemetry.adding import BATCH, AddedRecords
from coefgate.telemetry.record_rows import CALL_NAMES

_Batches = Iterator[list[Sequence[Any]]]
_ANSWERS: Final = {"true": True, "false": False}


def table_rows(path: Path, done: AddedRecords) -> _Batches:
    """Its rows in batches, with the columns of ``calls``; what is no row of it is counted.

    Raises ``InvalidDocument`` where it is no such table.
    """
    try:
        yield from _FORMATS[path.suffix](path, done)
    except pa.ArrowException as error:
        reason = str(error).partition("\n")[0]
        raise InvalidDocument(
            f"{path} is not a whole table of its format: {reason}. Write it again with: coefgate "
            "telemetry export"
        ) from error


def _check_columns(path: Path, names: Sequence[str]) -> None:
    if {*names} != {*CALL_NAMES} or len(names) != len(CALL_NAMES):
        wrong = sorted({*names} ^ {*CALL_NAMES}) or ["one twice"]
        raise InvalidDocument(
            f"{path} has other columns than records do: {', '.join(wrong[:5])}. Only tables "
            "that coefgate telemetry export wrote are taken in"
        )


def _parquet(path: Path, _: AddedRecords) -> _Batches:
    with parquet.ParquetFile(path) as file:
        _check_columns(path, file.schema_arrow.names)
        for some in file.iter_batches(BATCH):
            yield _by_row([some.column(name).to_pylist() for name in CALL_NAMES])


def _csv(path: Path, done: AddedRecords) -> _Batches:
    def other_length(row: Any) -> str:
        done.refuse("not-a-record", f"{path}:{row.number}")
        return "skip"

    reading = csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False),
        parse_options=csv.ParseOptions(invalid_row_handler=other_length),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(CALL_NAMES, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    with reading:
        _check_columns(path, reading.schema.names)
        for block in reading:
            for start in range(0, block.num_rows, BATCH):
                some = block.slice(start, BATCH)
                yield _by_row(
                    [
                        [*map(_READERS[one.kind], some.column(one.name).to_pylist())]
                        for one in CALLS
                    ]
                )


def _by_row(columns: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    return [*zip(*columns, strict=True)]


def _number(read: Callable[[str], float]) -> Callable[[str | None], Any]:
    """What is no number stays a text, and so is no record."""

    def found(text: str | None) -> Any:
        try:
            return None if text is None else read(text)
        except ValueError:
            return text

    return found


_READERS: Final[Mapping[ColumnType, Callable[[str | None], Any]]] = {
    "text": lambda text: text,
    "integer": _number(int),
    "real": _number(float),
    "boolean": lambda text: text and _ANSWERS.get(text.lower(), text),
}
_FORMATS: Final[Mapping[str, Callable[[Path, AddedRecords], _Batches]]] = {
    ".parquet": _parquet,
    ".csv": _csv,
}
