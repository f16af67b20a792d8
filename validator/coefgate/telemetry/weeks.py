"""Figures of records by ISO week, stratum and registry digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.replay.figures import ConfidenceInterval
from coefgate.replay.metrics import Booleans, Calls, Indices, Metrics, metrics
from coefgate.replay.strata import CategoryNames
from coefgate.samples.status import CallCount
from coefgate.telemetry.call_table import CallTable, Codes, phase_numbers
from coefgate.telemetry.counted import (
    JUDGED,
    STANDINGS,
    Standing,
    Standings,
    code_of,
    ended,
    standings,
)
from coefgate.telemetry.phase_intervals import PhaseSizes, figure_intervals, share_interval
from coefgate.telemetry.strata import ALL, values_of

_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` among ``calls``, at least one, of so many ``phases``."""

    hits: int
    calls: int
    phases: int
    interval: ConfidenceInterval | None

    @property
    def share(self) -> Fraction:
        """From 0 to 1."""
        return Fraction(self.hits, self.calls)


@dataclass(frozen=True, slots=True)
class StratumWeek:
    """The records of one week, digest and stratum: a ``dimension`` and its ``value``.

    ``week``: its Monday in days since 1970, ``None`` where weeks are taken together; so is
    ``digest``. ``recorded``: how many there are; ``left_out``: how many of them are not scored, by
    their standing. ``metrics``: of the others; ``None`` where none of these is eligible, and then
    there are no ``intervals``. ``truncation``: the share of calls that hit their ceiling, of all
    that ended and say so, failed ones too; ``None`` without such a call.
    """

    week: int | None
    digest: str | None
    dimension: str
    value: str
    recorded: int
    left_out: Mapping[Standing, int]
    metrics: Metrics | None
    intervals: Mapping[str, ConfidenceInterval | None]
    truncation: Rate | None

    @property
    def scored(self) -> int:
        """How many records are not left out."""
        return self.recorded - sum(self.left_out.values())


_Measured = tuple[
    int,
    Mapping[Standing, int],
    Metrics | None,
    Mapping[str, ConfidenceInterval | None],
    Rate | None,
]
"""The last fields of ``StratumWeek``."""


def weekly_figures(
    table: CallTable,
    dimensions: Sequence[str] = (ALL,),
    *,
    canonical: CategoryNames | None = None,
    by_week: bool = True,
    by_digest: bool = True,
) -> Iterator[StratumWeek]:
    """Figures by dimension, then by week, value and digest, of each that has a record.

    ``canonical``: from the names and aliases of categories to their names. Failed calls have
    figures in no dimension but ``success``.
    """
    records = ScoredRecords.of(table, canonical)
    return records.figures(dimensions, by_week=by_week, by_digest=by_digest)


def _groups(rows: Indices, *keys: Codes) -> Iterator[Indices]:
    """The ``rows`` of each combination of keys, in their order; combinations in that of keys."""
    sizes = tuple(int(key.max(initial=0)) + 1 for key in keys)
    code = np.ravel_multi_index(tuple(key[rows] for key in keys), sizes)
    if np.prod(sizes) <= np.iinfo(np.uint16).max:
        code = code.astype(np.uint16)  # is sorted many times faster
    order = np.argsort(code, kind="stable")
    ends = np.flatnonzero(np.diff(code[order].astype(np.int64), append=-1)) + 1
    for first, last in zip([0, *ends[:-1]], ends, strict=False):
        yield rows[order[first:last]]


@dataclass(frozen=True, slots=True)
class ScoredRecords:
    """Records with what several breakdowns of them need: see ``weekly_figures``.

    ``phase``: of each record, one of its own where none is known; ``by_phase``: their order by it.
    ``ended``: which say whether they hit their ceiling.
    """

    table: CallTable
    canonical: CategoryNames
    phase: Indices
    standings: Standings
    by_phase: Indices
    ended: Booleans

    @classmethod
    def of(cls, table: CallTable, canonical: CategoryNames | None = None) -> ScoredRecords:
        """Those of ``table``."""
        phase = phase_numbers(table.phase.codes)
        return cls(
            table,
            canonical or {},
            phase,
            standings(table),
            np.argsort(phase, kind="stable"),
            ended(table),
        )

    def counts(self, dimension: str) -> Mapping[str, CallCount]:
        """How many of the scored ones have each value of a dimension."""
        scored = np.isin(self.standings, [code_of(one) for one in JUDGED])
        values = values_of(self.table, self.standings, dimension, self.canonical)
        return {
            values.names[values.codes[rows[0]]]: self._calls(rows).count
            for rows in _groups(self.by_phase[scored[self.by_phase]], values.codes)
        }

    def figures(
        self, dimensions: Sequence[str], *, by_week: bool, by_digest: bool
    ) -> Iterator[StratumWeek]:
        """Those of each stratum."""
        table, digest = self.table, self.table.digest
        weeks = (table.week - table.week.min(initial=0)) // _DAYS
        same = np.zeros(len(table), dtype=np.int32)
        for dimension in dimensions:
            values = values_of(table, self.standings, dimension, self.canonical)
            keys = weeks if by_week else same, values.codes, digest.codes if by_digest else same
            for rows in _groups(self.by_phase, *keys):
                first = rows[0]
                yield StratumWeek(
                    int(table.week[first]) if by_week else None,
                    digest.names[digest.codes[first]] if by_digest else None,
                    dimension,
                    values.names[values.codes[first]],
                    *self._measured(
                        rows, (*JUDGED, "failed") if dimension == "success" else JUDGED
                    ),
                )

    def _calls(self, rows: Indices) -> Calls:
        table = self.table
        predicted, actual = (one[rows].astype(np.int64) for one in (table.predicted, table.actual))
        return Calls(predicted, actual, self.phase[rows], table.truncated[rows] == 1)

    def _measured(self, rows: Indices, scored: Sequence[Standing]) -> _Measured:
        codes = self.standings[rows]
        counts = dict(zip(STANDINGS, np.bincount(codes, minlength=len(STANDINGS)), strict=True))
        calls = self._calls(rows[np.isin(codes, [code_of(one) for one in scored])])
        return (
            len(rows),
            {one: int(count) for one, count in counts.items() if count and one not in scored},
            metrics(calls),
            figure_intervals(calls),
            self._truncation(rows[self.ended[rows]]),
        )

    def _truncation(self, rows: Indices) -> Rate | None:
        if not len(rows):
            return None
        phases, hits = PhaseSizes.of_calls(self.phase[rows]), self.table.truncated[rows] == 1
        interval = share_interval(hits, phases)
        return Rate(int(np.count_nonzero(hits)), len(rows), phases.count, interval)
