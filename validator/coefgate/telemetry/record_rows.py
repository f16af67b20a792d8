"""A row of ``calls`` or ``writers`` from elsewhere: taken as it is, or refused by a name.

A store holds what a recorder can have written and nothing else, wherever rows come from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from coefgate.core.vocabulary import MAX_TOKENS, OPERATIONS
from coefgate.runner.call_record import (
    CALLS,
    LONGEST_LIST,
    LONGEST_NAME,
    MOST_ATTEMPTS,
    WORDS,
    WRITERS,
    YEARS,
    ColumnType,
    RecordColumn,
)

Refusal = Literal[
    "cut-off",  # a line of a file that ends in the middle
    "not-json",
    "not-a-record",  # other columns, or a value that no recorder writes there
    "control-character",  # NUL, a line end or half a character in a text
    "too-long",
    "conflict",  # another row has its identity, and says otherwise
    "not-a-file",  # a folder, a pipe or a device has the name of a file
    "pruned",  # the store has let go of the records of its recorder up to a later one
]
"""Why a row is not taken in."""
StoredRow: TypeAlias = tuple[str | int | float | bool | None, ...]
"""The values of a row, in the order of its columns."""
TableName = Literal["calls", "writers"]

CALL_NAMES: Final = tuple(one.name for one in CALLS)
WRITER_NAMES: Final = tuple(one.name for one in WRITERS)
_FILE: Final = frozenset({"path", "operation", "bytes_before"})
_IDENTIFIERS: Final = frozenset(
    (
        *("runner", "run_id", "phase_id", "call_id", "category", "complexity"),
        *("label_origin", "model", "output_mode", "stop_reason"),
    )
)
_MANY: Final = 10**12
_SMALL: Final = (0, (1 << 31) - 1)
"""What figures are computed from has room for these."""
_TOKENS: Final = (0, MAX_TOKENS)
_TIMES: Final = (-62_135_596_800_000_000, 253_402_300_800_000_000)
"""The years from 1 to 9999, which a clock at fault may say, in microseconds since 1970."""
_LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "sequence": (1, _MANY),
    "attempt": (1, MOST_ATTEMPTS),
    **dict.fromkeys(("started_at", "finished_at", "seen_at"), _TIMES),
    **dict.fromkeys(("previous_output_tokens", "max_output_tokens", "input_tokens"), _TOKENS),
    **dict.fromkeys(("actual_output_tokens", "reasoning_tokens"), _TOKENS),
    **dict.fromkeys(("predicted_tokens", "interval_low", "interval_high", "budget"), _SMALL),
    **dict.fromkeys(("deliverable_count", "sizes_unknown"), _SMALL),
}
"""Whole numbers that a recorder writes, both ends included; others are from 0 to ``_MANY``."""
_WRITER: Final = re.compile(r"[0-9a-f]{32}").fullmatch
_REFUSED: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]").search


class RefusedRow(Exception):
    """A row is not taken in; ``name`` says why."""

    def __init__(self, name: Refusal) -> None:
        super().__init__(name)
        self.name = name


def _text(value: Any, longest: int) -> Any:
    if type(value) is not str or not value:
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


def _identifier(value: Any) -> Any:
    """What might be a prompt is in no record but as a hash."""
    if any(sign.isspace() for sign in _text(value, LONGEST_NAME)):
        raise RefusedRow("not-a-record")
    return value


def _word(value: Any, words: Collection[str]) -> Any:
    if type(value) is not str or value not in words:
        raise RefusedRow("not-a-record")
    return value


def _files(value: Any) -> Any:
    try:
        found = json.loads(_text(value, LONGEST_LIST))
    except (ValueError, RecursionError):
        raise RefusedRow("not-a-record") from None
    if type(found) is not list or not all(map(_is_file, found)):
        raise RefusedRow("not-a-record")
    return value


def _is_file(found: Any) -> bool:
    if type(found) is not dict or found.keys() != _FILE:
        return False
    path, operation, size = (found[name] for name in ("path", "operation", "bytes_before"))
    is_size = size is None or (type(size) is int and size >= 0)
    return type(path) is str and operation in OPERATIONS and is_size


def _integer(value: Any, least: int, most: int) -> Any:
    if type(value) is not int or not least <= value <= most:
        raise RefusedRow("not-a-record")
    return value


def _share(value: Any) -> Any:
    if type(value) not in {float, int} or not 0 <= value <= 1:
        raise RefusedRow("not-a-record")
    return float(value)


def _boolean(value: Any) -> Any:
    if type(value) not in {bool, int} or value not in {0, 1}:
        raise RefusedRow("not-a-record")
    return bool(value)


def _check(column: RecordColumn) -> tuple[Callable[[Any], Any], bool]:
    if column.name == "writer":
        return _writer, True
    return _check_of(column.name, column.kind), column.required


def _check_of(name: str, kind: ColumnType) -> Callable[[Any], Any]:
    if name == "deliverables":
        return _files
    if name in WORDS:
        return partial(_word, words=frozenset(WORDS[name]))
    if name in _IDENTIFIERS:
        return _identifier
    if kind == "integer":
        least, most = _LIMITS.get(name, (0, _MANY))
        return partial(_integer, least=least, most=most)
    if kind == "text":
        return partial(_text, longest=LONGEST_NAME)
    return _share if kind == "real" else _boolean


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
    if table == "calls" and found[-1] != "clock" and not _is_likely(found[2]):
        raise RefusedRow("not-a-record")
    return tuple(found)


def _is_likely(moment: Any) -> bool:
    return bool(YEARS[0] <= moment <= YEARS[1])


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
