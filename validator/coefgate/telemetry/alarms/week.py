"""One week of records: which of them each figure counts, and by what they are grouped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Calls
from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.call_table import UNKNOWN, CallTable, Codes, NameColumn

_COUNTS: Final = ("0", "1", "2", "3–4", "5+")
"""Deliverables of a call, as strata have them."""
_COUNT_OF: Final = np.array([0, 1, 2, 3, 3, 4])
DIMENSIONS: Final = ("category", "complexity", "deliverables", "model", "digest", "runner")
"""What calls are grouped by."""


def ending_known(table: CallTable, rows: Rows) -> Booleans:
    """Which of these records count in figures and say whether they were cut off."""
    said = table.truncated[rows] != UNKNOWN
    found: Booleans = table.finished[rows] & ~table.faulty[rows] & said
    return found


def need_known(table: CallTable, rows: Rows) -> Booleans:
    """Which of these records, whose end is known, say what the call needed, or how much at least.

    Of a call that failed nobody knows what it would have needed.
    """
    cut_off = table.truncated[rows] == 1
    complete = (table.success[rows] != 0) & (table.actual[rows] > 0)
    told = (table.actual[rows] != UNKNOWN) & (table.predicted[rows] > 0)
    found: Booleans = told & (cut_off | complete)
    return found


@dataclass(frozen=True)
class WatchedWeek:
    """The records of one week.

    ``rows``: all. ``counted``: those that count in figures. ``ended``: those of them that say
    whether they were cut off. ``scored``: those of them whose need is known.
    """

    table: CallTable
    week: int
    canonical_category: Mapping[str, str]

    @cached_property
    def rows(self) -> Rows:
        return np.flatnonzero(self.table.week == self.week)

    @cached_property
    def counted(self) -> Rows:
        found: Rows = self.rows[~self.table.faulty[self.rows]]
        return found

    @cached_property
    def ended(self) -> Rows:
        found: Rows = self.rows[ending_known(self.table, self.rows)]
        return found

    @cached_property
    def scored(self) -> Rows:
        found: Rows = self.ended[need_known(self.table, self.ended)]
        return found

    def cut_off(self, rows: Rows) -> Booleans:
        """Which of these records were cut off."""
        found: Booleans = self.table.truncated[rows] == 1
        return found

    def phase(self, rows: Rows) -> Codes:
        """The phase of each of these records."""
        return self.table.phase.codes[rows]

    def calls(self, rows: Rows) -> Calls:
        """These records, which are scored, as metrics take them."""
        table = self.table
        return Calls(
            table.predicted[rows].astype(np.int64),
            table.actual[rows].astype(np.int64),
            table.phase.codes[rows].astype(np.intp),
            self.cut_off(rows),
        )

    def strata(self, by: str, rows: Rows) -> Iterator[tuple[str, Booleans]]:
        """The values of a dimension among these records, and which have each."""
        codes, names = self._column(by)
        here = codes[rows]
        for code in np.unique(here).tolist():
            if code != UNKNOWN:
                yield names[code], here == code

    def _column(self, by: str) -> tuple[Codes, tuple[str, ...]]:
        if by == "deliverables":
            return _COUNT_OF[np.minimum(self.table.deliverables, 5)].astype(np.int32), _COUNTS
        column: NameColumn = getattr(self.table, by)
        names = tuple(column.names)
        if by != "category":
            return column.codes, names
        canonical = [self.canonical_category.get(name, name) for name in names]
        known = tuple(dict.fromkeys(canonical))
        places = np.array([*map(known.index, canonical), UNKNOWN], dtype=np.int32)
        return places[column.codes], known
