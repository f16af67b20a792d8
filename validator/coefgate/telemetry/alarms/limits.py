"""The limits of a week: rates, shares, SMAPE and waste, of all its calls and of each stratum.

A figure beyond its limit is an alert where chance does not explain it: where so bad a figure has a
chance of ``p_below`` at most while the truth is at the limit, corrected for all strata that are
held to this limit in this week (Holm). Beyond the limit otherwise, nobody can tell: it is never
fine. So of weeks whose calls are at the limit in truth, one limit gives a false alert in
``p_below`` of them, however many strata there are; and fewer of weeks that are better.

Limits on a quantile are limits on a rate: the median is above 1.5 where more than half of the
calls are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.metrics import (
    MILLION,
    P75,
    P90,
    Booleans,
    Integers,
    metrics,
    missed,
    smape_200,
    underestimation,
)
from coefgate.telemetry.alarms.alarm import (
    MOST_SHOWN,
    Alarm,
    AlarmAnswer,
    AlarmName,
    Rows,
    no_rows,
)
from coefgate.telemetry.alarms.rates import counted_mean, counted_rate, holm
from coefgate.telemetry.alarms.week import WatchedWeek

_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of some records: is it ``beyond`` its limit, and would chance bring it there?

    ``chance``: how likely a figure so bad is where the true one is at the limit. ``rows``: those
    that it is of; ``counted``: which of them a rate counts, in the order in which to look at them.
    """

    statistic: float
    limit: Fraction
    beyond: bool
    chance: float
    interval: tuple[float, float]
    rows: Rows
    counted: Rows | None = None


Measure = Callable[[WatchedWeek, Rows, Guardrails], Figure]
"""What a limit holds of records, of which there is one at least."""


def truncation_rate(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """The share of calls that were cut off."""
    return share_of(week, rows, week.cut_off(rows), guardrails.truncation_rate_to)


def underestimation_rate(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """The Kaplan–Meier estimate that a call needs more than was predicted."""
    limit, calls = guardrails.underestimation_rate_below, week.calls(rows)
    short, share = missed(calls), underestimation(calls)
    found = counted_rate(short, week.phase(rows))
    found = replace(found, hits=float(share) * found.calls)
    chance = found.chance_of(float(limit))
    return Figure(found.rate, limit, share >= limit, chance, found.interval, rows, rows[short])


def smape_mean(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """The mean SMAPE in percent, of calls that came to their end."""
    limit, calls = guardrails.smape_mean_below, week.calls(rows)
    smape = smape_200(calls.predicted, calls.actual)
    found = counted_mean(smape / MILLION, week.phase(rows))
    beyond = Fraction(int(smape.sum()), len(smape) * MILLION) >= limit
    return Figure(found.mean, limit, beyond, found.chance_of(float(limit)), found.interval, rows)


def waste_median(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """Predicted ÷ actual of the middle call."""
    return _waste(week, rows, _HALF, guardrails.waste_median_to)


def waste_p75(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """What three calls in four do not exceed."""
    return _waste(week, rows, P75, guardrails.waste_p75_to)


def waste_p90(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """What nine calls in ten do not exceed."""
    return _waste(week, rows, P90, guardrails.waste_p90_to)


def _waste(week: WatchedWeek, rows: Rows, share: Fraction, limit: Fraction) -> Figure:
    calls = week.calls(rows)
    found = metrics(calls)
    if found is None:
        raise ValueError("waste is of calls that came to their end")
    statistic = {_HALF: found.waste_median, P75: found.waste_p75, P90: found.waste_p90}[share]
    over = exceeds(calls.predicted, limit, calls.actual)
    rate = counted_rate(over, week.phase(rows))
    of_share = replace(rate, hits=float(share) * rate.calls)
    ratios = calls.predicted / calls.actual
    low, high = np.quantile(ratios, of_share.interval, method="inverted_cdf").tolist()
    chance = rate.chance_of(float(1 - share))
    return Figure(float(statistic), limit, statistic > limit, chance, (low, high), rows)


def fallback_share(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """The share of calls that the fallback served."""
    basis = week.table.basis
    fallback = [code for code, name in enumerate(basis.names) if name == "fallback"]
    hit = np.isin(basis.codes[rows], fallback)
    return share_of(week, rows, hit, guardrails.fallback_share_to)


def sizes_unknown(week: WatchedWeek, rows: Rows, guardrails: Guardrails) -> Figure:
    """The share of calls with a file whose size would have counted and that nobody gave."""
    hit = week.table.sizes_unknown[rows] > 0
    return share_of(week, rows, hit, guardrails.sizes_unknown_share_to)


def share_of(week: WatchedWeek, rows: Rows, hit: Booleans, limit: Fraction) -> Figure:
    """The share of these records that are hit, which stays within a limit."""
    found = counted_rate(hit, week.phase(rows))
    beyond = Fraction(int(found.hits), found.calls) > limit
    chance = found.chance_of(float(limit))
    return Figure(found.rate, limit, beyond, chance, found.interval, rows, rows[hit])


def exceeds(over: Integers, factor: Fraction, under: Integers) -> Booleans:
    """Is ``over > factor × under``, exactly?"""
    found: Booleans = over * factor.denominator > under * factor.numerator
    return found


@dataclass(frozen=True, slots=True)
class Limit:
    """An alarm with what it measures, and of which records of a week."""

    name: AlarmName
    measure: Measure
    of: Callable[[WatchedWeek], Rows]


def _complete(week: WatchedWeek) -> Rows:
    return week.scored[~week.cut_off(week.scored)]


LIMITS: Final = (
    Limit("truncation-rate", truncation_rate, lambda week: week.ended),
    Limit("underestimation-rate", underestimation_rate, lambda week: week.scored),
    Limit("smape", smape_mean, _complete),
    Limit("waste-median", waste_median, _complete),
    Limit("waste-p75", waste_p75, _complete),
    Limit("waste-p90", waste_p90, _complete),
    Limit("fallback-share", fallback_share, lambda week: week.counted),
    Limit("sizes-unknown", sizes_unknown, lambda week: week.counted),
)
"""Every limit that a week and its strata are held to."""


def held(
    limit: Limit, week: WatchedWeek, guardrails: Guardrails, *, by: Sequence[str]
) -> list[Alarm]:
    """One limit on a week, then on each of its strata ``by`` these dimensions."""
    rows, fewest = limit.of(week), guardrails.min_calls
    parts = [Part("", "", rows), *_strata(week, rows, by)]
    figures = [
        limit.measure(week, part.rows, guardrails) if len(part.rows) >= fewest else None
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


class Part(NamedTuple):
    """Some records of a week: those with this ``value`` ``by`` a dimension."""

    by: str
    value: str
    rows: Rows


def _strata(week: WatchedWeek, rows: Rows, by: Sequence[str]) -> Iterator[Part]:
    for dimension in by:
        for value, here in week.strata(dimension, rows):
            yield Part(dimension, value, rows[here])


def _answered(found: Alarm, figure: Figure | None, p: float, sure: Fraction) -> Alarm:
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
        interval=figure.interval,
        p=p,
        why="chance" if figure.beyond and not certain else "",
        worst=no_rows() if counted is None else counted[:MOST_SHOWN],
    )
