"""The receipt of an alarm: which records it rests on, so that anybody can work it out again.

The hash is that of the lines that this prints, so no program of ours is needed to check it:

    SELECT writer, sequence, digest, predicted_tokens, actual_output_tokens, truncated
    FROM calls … ORDER BY started_at, writer, sequence
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.call_table import UNKNOWN, CallTable, NameColumn, RecordId, record_ids

_BLOCK: Final = 50_000
"""Lines that are hashed together."""


@dataclass(frozen=True, slots=True)
class RecordRange:
    """So many records, from the first to the last by time, and the sha256 of their lines.

    A line: ``writer|sequence|digest|predicted|actual|truncated`` and a line feed, where what is
    not known is empty, as the shell of SQLite prints it.
    """

    count: int
    first: RecordId
    last: RecordId
    sha256: str


def record_range(table: CallTable, rows: Rows) -> RecordRange | None:
    """The range of these records, in the order of the table; ``None`` of none."""
    if not len(rows):
        return None
    hashed = hashlib.sha256()
    for start in range(0, len(rows), _BLOCK):
        hashed.update(_lines(table, rows[start : start + _BLOCK]))
    first, last = record_ids(table, rows[[0, -1]])
    return RecordRange(len(rows), first, last, hashed.hexdigest())


def _lines(table: CallTable, rows: Rows) -> bytes:
    columns = (
        _names(table.writer, rows),
        table.sequence[rows].tolist(),
        _names(table.digest, rows),
        table.predicted[rows].tolist(),
        _numbers(table.actual[rows]),
        _numbers(table.truncated[rows]),
    )
    lines = map("%s|%s|%s|%s|%s|%s\n".__mod__, zip(*columns, strict=True))
    return "".join(lines).encode("utf-8", "surrogatepass")


def _names(column: NameColumn, rows: Rows) -> list[str]:
    names = [*column.names, ""]  # the last one is that of UNKNOWN
    return [names[code] for code in column.codes[rows].tolist()]


def _numbers(values: NDArray[np.signedinteger]) -> list[str]:
    return ["" if one == UNKNOWN else str(one) for one in values.tolist()]
