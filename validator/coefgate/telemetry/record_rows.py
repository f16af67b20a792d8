"""A row of ``calls`` or ``writers`` from elsewhere: taken as it is, or refused by a name.

A store holds what a recorder can have written and nothing else, wherever rows come from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any, Final, Literal, TypeAlias

from coefgate.runner.call_record import (
    CALLS,
    LONGEST_LIST,
    LONGEST_NAME,
    WRITERS,
    RecordColumn,
)

Refusal = Literal[
    "cut-off",  # a line of a file that ends in the middle
    "not-json",
    "not-a-record",  # other columns, or a value that no recorder writes there
    "control-character",  # NUL, a line end or half a character in a text
    "too-long",
    "conflict",  # another row has its identity, and says otherwise
    "pruned",  # the store has let go of the records of its recorder up to a later one
]
"""Why a row is not taken in."""
StoredRow: TypeAlias = tuple[str | int | float | bool | None, ...]
"""The values of a row, in the order of its columns."""
TableName = Literal["calls", "writers"]

CALL_NAMES: Final = tuple(one.name for one in CALLS)
WRITER_NAMES: Final = tuple(one.name for one in WRITERS)
_SMALLEST, _LARGEST = -(1 << 63), (1 << 63) - 1
_WRITER: Final = re.compile(r"[0-9a-f]{32}").fullmatch
_REFUSED: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]").search


class RefusedRow(Exception):
    """A row is not taken in; ``name`` says why."""

    def __init__(self, name: Refusal) -> None:
        super().__init__(name)
        self.name = name


def _text(value: Any, longest: int) -> Any:
    if type(value) is not str:
        raise RefusedRow("not-a-record")
    if len(value) > longest:
        raise RefusedRow("too-long")
    if _REFUSED(value):
        raise RefusedRow("control-character")
    return value


def is_writer(name: str) -> bool:
    """May a recorder have this name?"""
    return _WRITER(name) is not None


def _writer(value: Any) -> Any:
    if type(value) is not str or not is_writer(value):
        raise RefusedRow("not-a-record")
    return value


def _integer(value: Any, least: int) -> Any:
    if type(value) is not int or not least <= value <= _LARGEST:
        raise RefusedRow("not-a-record")
    return value


def _real(value: Any) -> Any:
    if type(value) not in {float, int} or not isfinite(value):
        raise RefusedRow("not-a-record")
    return float(value)


def _boolean(value: Any) -> Any:
    if type(value) not in {bool, int} or value not in {0, 1}:
        raise RefusedRow("not-a-record")
    return bool(value)


def _check(column: RecordColumn) -> tuple[Callable[[Any], Any], bool]:
    if column.name == "writer":
        return _writer, True
    checks: dict[str, Callable[[Any], Any]] = {
        "text": partial(
            _text, longest=LONGEST_LIST if column.name == "deliverables" else LONGEST_NAME
        ),
        "integer": partial(_integer, least=1 if column.name == "sequence" else _SMALLEST),
        "real": _real,
        "boolean": _boolean,
    }
    return checks[column.kind], column.required


_CHECKS: Final = {
    "calls": tuple(map(_check, CALLS)),
    "writers": tuple(map(_check, WRITERS)),
}


def checked_row(table: TableName, values: Sequence[Any]) -> StoredRow:
    """The values of a row as a store holds them. Raises ``RefusedRow``."""
    found = []
    for (check, required), value in zip(_CHECKS[table], values, strict=True):
        if value is not None:
            found.append(check(value))
        elif required:
            raise RefusedRow("not-a-record")
        else:
            found.append(None)
    return tuple(found)


def row_of_line(line: bytes) -> tuple[TableName, StoredRow]:
    """What a line of a spool or an export says. Raises ``RefusedRow``."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        name: Refusal = "not-json" if line.endswith(b"\n") else "cut-off"
        raise RefusedRow(name) from None
    if not isinstance(found, dict):
        raise RefusedRow("not-json")
    for table, names in _NAMES.items():
        if found.keys() == names:
            return table, checked_row(table, [*map(found.__getitem__, _ORDER[table])])
    raise RefusedRow("not-a-record")


_ORDER: Final[Mapping[TableName, tuple[str, ...]]] = {
    "calls": CALL_NAMES,
    "writers": WRITER_NAMES,
}
_NAMES: Final[Mapping[TableName, frozenset[str]]] = {
    name: frozenset(order) for name, order in _ORDER.items()
}
