"""How releases did by their own records: the weeks of each digest, and what calls needed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.alarms.proof import Needs
from coefgate.telemetry.alarms.week import ending_known, need_known
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


def own_weeks(table: CallTable) -> Mapping[str, Sequence[OwnWeek]]:
    """By digest its weeks, the oldest first."""
    known = _ended(table)
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


def needs_of(table: CallTable, digest: str) -> Needs:
    """What calls that one digest served needed of what it had predicted for them."""
    codes = [code for code, name in enumerate(table.digest.names) if name == digest]
    rows = _ended(table)
    rows = rows[np.isin(table.digest.codes[rows], codes)]
    rows = rows[need_known(table, rows)]
    return Needs(table.actual[rows] / table.predicted[rows], table.truncated[rows] == 1)


def _ended(table: CallTable) -> Rows:
    every = np.arange(len(table))
    found: Rows = every[ending_known(table, every)]
    return found


def is_known_good(weeks: Sequence[OwnWeek], *, min_calls: int, limit: Fraction) -> bool:
    """Did a release do well: some week had enough calls, and no such week was above ``limit``?"""
    enough = [one for one in weeks if one.calls >= min_calls]
    return bool(enough) and all(one.rate <= limit for one in enough)
