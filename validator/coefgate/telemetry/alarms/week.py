"""One week of records: which of them each figure counts, and by what they are grouped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Calls, Indices
from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.call_table import CallTable, phase_numbers
from coefgate.telemetry.counted import JUDGED, Standings, code_of, ended, standings
from coefgate.telemetry.phase_intervals import PhaseSizes
from coefgate.telemetry.strata import values_of

_FIRST: Final = itemgetter(0)
HISTORY: Final = 26
"""Weeks before one that is judged: what calls needed before, and when they usually come."""


@dataclass(frozen=True)
class WatchedRecords:
    """Records with what several alarms ask of them: which count, and for what.

    ``canonical_category``: from the names and aliases of categories to their names.
    """

    table: CallTable
    canonical_category: Mapping[str, str]

    @cached_property
    def standings(self) -> Standings:
        """The standing of each."""
        return standings(self.table)

    @cached_property
    def phase(self) -> Indices:
        """The phase of each."""
        return phase_numbers(self.table.phase.codes)

    @cached_property
    def ended(self) -> Booleans:
        """Which count in figures and say whether they were cut off."""
        return ended(self.table)

    @cached_property
    def judged(self) -> Booleans:
        """Which say what the call needed, or how much at least."""
        found: Booleans = np.isin(self.standings, [code_of(one) for one in JUDGED])
        return found

    @cached_property
    def complete(self) -> Booleans:
        """Which of these came to their end."""
        found: Booleans = self.standings == code_of("eligible")
        return found

    def cut_off(self, rows: Rows) -> Booleans:
        """Which of these records were cut off."""
        found: Booleans = self.table.truncated[rows] == 1
        return found

    def calls(self, rows: Rows) -> Calls:
        """These records, which are judged, as metrics take them; each has a phase."""
        table = self.table
        return Calls(
            table.predicted[rows].astype(np.int64),
            table.actual[rows].astype(np.int64),
            self.phase[rows],
            self.cut_off(rows),
        )

    def phases(self, rows: Rows) -> PhaseSizes:
        """The phases of these records."""
        return PhaseSizes.of_calls(self.phase[rows])


@dataclass(frozen=True)
class WatchedWeek:
    """The records of one week, by its Monday in days since 1970."""

    records: WatchedRecords
    week: int

    @property
    def table(self) -> CallTable:
        return self.records.table

    @cached_property
    def history(self) -> Booleans:
        """Of all records those of this week and of its history: whatever else was read."""
        weeks = self.table.week
        found: Booleans = (weeks >= self.week - 7 * HISTORY) & (weeks <= self.week)
        return found

    @cached_property
    def rows(self) -> Rows:
        """All of them."""
        return np.flatnonzero(self.table.week == self.week)

    def where(self, mask: Booleans) -> Rows:
        """Those of a mask over all records."""
        found: Rows = self.rows[mask[self.rows]]
        return found

    def strata(self, by: str, rows: Rows) -> Iterator[tuple[str, Rows]]:
        """The values of a dimension among these records, and those with each."""
        records = self.records
        if by == "digest":
            found = self.table.digest
        else:
            found = values_of(self.table, records.standings, by, records.canonical_category)
        here = found.codes[rows]
        order = np.argsort(here, kind="stable")
        codes, firsts = np.unique(here[order], return_index=True)
        parts = zip(codes.tolist(), np.split(rows[order], firsts[1:]), strict=False)
        # By name: codes depend on the order in which a store gives its rows.
        yield from sorted(((found.names[code], of_code) for code, of_code in parts), key=_FIRST)
