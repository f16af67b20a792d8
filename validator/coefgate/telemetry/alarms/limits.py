"""The limits of a week: rates, shares, SMAPE and waste, of all its calls and of each stratum.

A figure beyond its limit is an alert where chance does not explain it: where so bad a figure has a
chance of ``p_below`` at most while the truth is at the limit, corrected for all strata that are
held to this limit in this week (Holm). Beyond the limit otherwise, nobody can tell: it is never
fine. So of weeks whose calls are at the limit in truth, one limit gives a false alert in
``p_below`` of them, however many strata there are; and fewer of weeks that are better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, NamedTuple

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.metrics import (
    Booleans,
)
from coefgate.telemetry.alarms.alarm import (
    MOST_SHOWN,
    Alarm,
    AlarmAnswer,
    AlarmName,
    Rows,
    ends,
    no_rows,
)
from coefgate.telemetry.alarms.limited_figures import (
    LimitedFigure,
    LimitMeasure,
    endings_unknown,
    fallback_share,
    sizes_unknown,
    smape_mean,
    truncation_rate,
    underestimation_rate,
    waste_median,
    waste_p75,
    waste_p90,
)
from coefgate.telemetry.alarms.rates import holm
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from coefgate.telemetry.counted import of_one_request


@dataclass(frozen=True, slots=True)
class WeekLimit:
    """An alarm with what it measures, and of which records of a week."""

    name: AlarmName
    measure: LimitMeasure
    of: Callable[[WatchedRecords], Booleans]


LIMITS: Final = (
    WeekLimit("truncation-rate", truncation_rate, lambda records: records.ended),
    WeekLimit("underestimation-rate", underestimation_rate, lambda records: records.judged),
    WeekLimit("smape", smape_mean, lambda records: records.complete),
    WeekLimit("waste-median", waste_median, lambda records: records.complete),
    WeekLimit("waste-p75", waste_p75, lambda records: records.complete),
    WeekLimit("waste-p90", waste_p90, lambda records: records.complete),
    WeekLimit("fallback-share", fallback_share, lambda records: ~records.table.faulty),
    WeekLimit("sizes-unknown", sizes_unknown, lambda records: ~records.table.faulty),
    WeekLimit("endings-unknown", endings_unknown, lambda records: of_one_request(records.table)),
)
"""Every limit that a week and its strata are held to."""


def held(
    limit: WeekLimit, week: WatchedWeek, guardrails: Guardrails, *, by: Sequence[str]
) -> list[Alarm]:
    """One limit on a week, then on each of its strata ``by`` these dimensions."""
    rows, fewest = week.where(limit.of(week.records)), guardrails.min_calls
    parts = [StratumRows("", "", rows), *_strata(week, rows, by)]
    figures = [
        limit.measure(week.records, part.rows, guardrails) if len(part.rows) >= fewest else None
        for part in parts
    ]
    chances = iter(holm([one.chance for one in figures if one]))
    return [
        _answered(
            Alarm(limit.name, "cannot-tell", week.week, *part[:2], len(part.rows), rows=part.rows),
            figure,
            next(chances) if figure else 1.0,
            guardrails.drift_p_below,
        )
        for part, figure in zip(parts, figures, strict=True)
    ]


class StratumRows(NamedTuple):
    """Some records of a week: those with this ``value`` ``by`` a dimension."""

    by: str
    value: str
    rows: Rows


def _strata(week: WatchedWeek, rows: Rows, by: Sequence[str]) -> Iterator[StratumRows]:
    for dimension in by:
        for value, here in week.strata(dimension, rows):
            yield StratumRows(dimension, value, here)


def _answered(found: Alarm, figure: LimitedFigure | None, p: float, sure: Fraction) -> Alarm:
    """``found`` with its answer; ``figure`` is ``None`` of too few calls."""
    if figure is None:
        return replace(found, why="too-few-calls" if found.calls else "no-calls")
    certain = p <= sure
    beyond: AlarmAnswer = "alert" if certain else "cannot-tell"
    counted = figure.counted
    return replace(
        found,
        answer=beyond if figure.beyond else "fine",
        counted=None if counted is None else len(counted),
        statistic=figure.statistic,
        threshold=float(figure.limit),
        interval=ends(figure.interval),
        p=p,
        why="chance" if figure.beyond and not certain else "",
        worst=no_rows() if counted is None else counted[:MOST_SHOWN],
    )
