"""How releases did by their own records: the weeks of each digest, and what calls needed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coefgate.telemetry.alarms.proof import OwnNeeds
from coefgate.telemetry.alarms.week import WatchedRecords


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


def own_weeks(records: WatchedRecords) -> Mapping[str, Sequence[OwnWeek]]:
    """By digest its weeks, the oldest first."""
    table, known = records.table, np.flatnonzero(records.ended)
    digests = len(table.digest.names)
    weeks, at = np.unique(table.week[known], return_inverse=True)
    pairs = at * digests + table.digest.codes[known]
    calls = np.bincount(pairs, minlength=len(weeks) * digests).reshape(-1, digests)
    cut = table.truncated[known] == 1
    cut_off = np.bincount(pairs[cut], minlength=len(weeks) * digests).reshape(-1, digests)
    return {
        digest: [
            OwnWeek(int(weeks[row]), digest, int(calls[row, column]), int(cut_off[row, column]))
            for row in np.flatnonzero(calls[:, column]).tolist()
        ]
        for column, digest in enumerate(table.digest.names)
    }


def served_versions(records: WatchedRecords) -> frozenset[tuple[str, str]]:
    """The versions that served calls, each with its digest."""
    versions, digests = records.table.version, records.table.digest
    pairs = np.unique(versions.codes.astype(np.int64) * len(digests.names) + digests.codes)
    return frozenset(
        (versions.names[one // len(digests.names)], digests.names[one % len(digests.names)])
        for one in pairs.tolist()
    )


def needs_of(records: WatchedRecords, digest: str) -> OwnNeeds:
    """What calls that one digest served needed of what it had predicted for them."""
    table = records.table
    codes = [code for code, name in enumerate(table.digest.names) if name == digest]
    told = records.judged & (table.predicted > 0)
    rows = np.flatnonzero(told & np.isin(table.digest.codes, codes))
    return OwnNeeds(table.actual[rows] / table.predicted[rows], records.cut_off(rows))


def is_known_good(weeks: Sequence[OwnWeek], *, min_calls: int, limit: Fraction) -> bool:
    """Did a release do well: some week had enough calls, and no such week was above ``limit``?"""
    enough = [one for one in weeks if one.calls >= min_calls]
    return bool(enough) and all(one.rate <= limit for one in enough)
