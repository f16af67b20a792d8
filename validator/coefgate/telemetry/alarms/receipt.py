"""The receipt of an alarm: which records it rests on, so that anybody can work it out again.

The hash is that of the lines that this prints, so no program of ours is needed to check it:

    SELECT writer, sequence, started_at, runner, origin || '/' || phase_id, category, complexity,
      model, registry_version, digest, basis, unit, deliverable_count, sizes_unknown,
      predicted_tokens, max_output_tokens, actual_output_tokens, truncated, success,
      state = 'finished', fault IS NOT NULL
    FROM calls … ORDER BY started_at, writer, sequence

These are all that figures are made of: where one of them says otherwise, so does the hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from coefgate.telemetry.alarms.alarm import Alarm, Rows
from coefgate.telemetry.call_table import UNKNOWN, CallTable, NameColumn, RecordId, record_ids

_BLOCK: Final = 10_000
"""Lines that are hashed together."""
_SHOWN: Final = 12
"""Digits of the hash in a command: enough to tell records apart that were changed by chance."""
_SPELLED: Final = re.compile(rf"([0-9]{{1,12}}):([0-9a-f]{{{_SHOWN},64}})")


@dataclass(frozen=True, slots=True)
class RecordRange:
    """So many records, from the first to the last by time, and the sha256 of their lines.

    A line: the values with ``|`` between them and a line feed, where what is not known is empty,
    and an answer 0 or 1, as the shell of SQLite prints it.
    """

    count: int
    first: RecordId
    last: RecordId
    sha256: str

    def __str__(self) -> str:
        return f"{self.count}:{self.sha256[:_SHOWN]}"


@dataclass(frozen=True, slots=True)
class GivenReceipt:
    """The records that somebody's figure rested on: how many, and how their hash begins."""

    count: int
    sha256: str

    @classmethod
    def parsed(cls, text: str) -> GivenReceipt:
        """What a command of a receipt says; raises ``ValueError``."""
        found = _SPELLED.fullmatch(text)
        if found is None:
            raise ValueError(
                f"{text} is not a receipt; it is a number of records and their sha256, such as "
                "240:5b23b3267802."
            )
        return cls(int(found[1]), found[2])

    def is_of(self, rows: Rows, ranges: RecordRanges) -> bool:
        """Are these the records?"""
        found = ranges.of(rows) if len(rows) == self.count else None
        return found is not None and found.sha256.startswith(self.sha256)

    def nearest(self, alarms: Iterable[Alarm]) -> Alarm:
        """The one that rests on as many records, or nearly so; of all calls rather than some."""
        return min(alarms, key=self._distance)

    def _distance(self, alarm: Alarm) -> tuple[int, bool]:
        return abs(len(alarm.rests_on) - self.count), alarm.by != ""


def record_range(table: CallTable, rows: Rows) -> RecordRange | None:
    """The range of these records, in the order of the table; ``None`` of none."""
    if not len(rows):
        return None
    hashed = hashlib.sha256()
    for start in range(0, len(rows), _BLOCK):
        hashed.update(_lines(table, rows[start : start + _BLOCK]))
    first, last = record_ids(table, rows[[0, -1]])
    return RecordRange(len(rows), first, last, hashed.hexdigest())


class RecordRanges:
    """The ranges of records of one table. Many alarms rest on the same: these are hashed once."""

    def __init__(self, table: CallTable) -> None:
        self._table = table
        self._found: dict[int, tuple[Rows, RecordRange | None]] = {}
        self._same: dict[bytes, RecordRange | None] = {}

    def of(self, rows: Rows) -> RecordRange | None:
        """``record_range`` of these."""
        if id(rows) not in self._found:  # they are kept, so nothing else gets their id
            key = hashlib.sha256(rows.tobytes()).digest()
            if key not in self._same:
                self._same[key] = record_range(self._table, rows)
            self._found[id(rows)] = rows, self._same[key]
        return self._found[id(rows)][1]


class _Numerals(dict[int, str]):
    """Numbers as they are written, each of them once; nothing of one that is not known."""

    def __missing__(self, number: int) -> str:
        self[number] = word = "" if number == UNKNOWN else str(number)
        return word


def _lines(table: CallTable, rows: Rows) -> bytes:
    one, words = table.where(rows), _Numerals()
    calls = (map(str, values.tolist()) for values in (one.sequence, one.started_at))
    names = (one.runner, one.phase, one.category, one.complexity, one.model, one.version)
    numbers = (one.deliverables, one.sizes_unknown, one.predicted, one.limit, one.actual)
    answers = (one.truncated, one.success, one.finished.view(np.int8), one.faulty.view(np.int8))
    columns = (
        *(_names(one.writer), *calls),
        *map(_names, (*names, one.digest, one.basis, one.unit)),
        *(map(words.__getitem__, column.tolist()) for column in (*numbers, *answers)),
    )
    lines = map("|".join, zip(*columns, strict=True))
    return "\n".join([*lines, ""]).encode("utf-8", "surrogatepass")


def _names(column: NameColumn) -> Iterable[str]:
    names = [*column.names, ""]  # the last one is that of UNKNOWN
    return map(names.__getitem__, column.codes.tolist())
