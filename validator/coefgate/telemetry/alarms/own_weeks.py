"""How releases did by their own records: the weeks of each digest, and what calls needed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.alarms.proof import OwnNeeds
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.call_table import CallTable


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """A week of one digest: of so many ``calls`` whose end is known, ``cut_off`` were."""

    week: int
    digest: str
    calls: int
    cut_off: int

    @property
    def rate(self) -> Fraction:
        """The truncation rate; 0 of no calls."""
        return Fraction(self.cut_off, self.calls) if self.calls else Fraction(0)


def own_weeks(records: WatchedRecords, rows: Rows, digest: str) -> Sequence[OwnWeek]:
    """Of these records, which one digest served, its weeks, the oldest first."""
    rows = rows[records.ended[rows]]
    weeks, at = np.unique(records.table.week[rows], return_inverse=True)
    calls = np.bincount(at, minlength=len(weeks))
    cut_off = np.bincount(at[records.cut_off(rows)], minlength=len(weeks))
    counts = zip(weeks.tolist(), calls.tolist(), cut_off.tolist(), strict=True)
    return [OwnWeek(week, digest, many, cut) for week, many, cut in counts]


def needs_of(records: WatchedRecords, rows: Rows) -> OwnNeeds:
    """What these calls needed of what was predicted for them."""
    table = records.table
    rows = rows[records.judged[rows] & (table.predicted[rows] > 0)]
    return OwnNeeds(table.actual[rows] / table.predicted[rows], records.cut_off(rows))


def served_versions(table: CallTable, rows: Rows) -> frozenset[tuple[str, str]]:
    """The versions that served these calls, each with its digest."""
    versions, digests = table.version, table.digest
    pairs = np.unique(
        versions.codes[rows].astype(np.int64) * len(digests.names) + digests.codes[rows]
    )
    return frozenset(
        (versions.names[one // len(digests.names)], digests.names[one % len(digests.names)])
        for one in pairs.tolist()
    )


def is_known_good(weeks: Sequence[OwnWeek], *, min_calls: int, limit: Fraction) -> bool:
    """Did a release do well: some week had enough calls, and no such week was above ``limit``?"""
    enough = [one for one in weeks if one.calls >= min_calls]
    return bool(enough) and all(one.rate <= limit for one in enough)
