"""The figures of records that have a limit: rates, shares, SMAPE and waste.

Limits on a quantile are limits on a rate: the median is above 1.5 where more than half of the
calls are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.figures import ConfidenceInterval
from coefgate.replay.metrics import (
    MILLION,
    P75,
    P90,
    Booleans,
    Calls,
    Integers,
    metrics,
    missed,
    smape_200,
    underestimation,
)
from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.alarms.headroom import headroom
from coefgate.telemetry.alarms.rates import chance_of_mean, chance_of_share
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.phase_intervals import (
    PhaseSizes,
    figure_intervals,
    mean_interval,
    quantile_intervals,
    share_interval,
)

_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class LimitedFigure:
    """One figure of some records: is it ``beyond`` its limit, and would chance bring it there?

    ``chance``: how likely a figure so bad is where the true one is at the limit. ``headroom``: so
    many further calls, however bad, would leave it within the limit. ``counted``: which records a
    rate counts, in the order in which to look at them.
    """

    statistic: float
    limit: Fraction
    beyond: bool
    chance: float
    interval: ConfidenceInterval | None
    headroom: float
    counted: Rows | None = None


LimitMeasure = Callable[[WatchedRecords, Rows, Guardrails], LimitedFigure]
"""What a limit holds of records, of which there is one at least."""


def truncation_rate(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """The share of calls that were cut off."""
    return share_of(records, rows, records.cut_off(rows), guardrails.truncation_rate_to)


def underestimation_rate(
    records: WatchedRecords, rows: Rows, guardrails: Guardrails
) -> LimitedFigure:
    """The Kaplan–Meier estimate that a call needs more than was predicted."""
    limit, calls, phases = guardrails.underestimation_rate_below, *_calls(records, rows)
    short, share = missed(calls), underestimation(calls)
    return LimitedFigure(
        float(share),
        limit,
        share >= limit,
        chance_of_share(float(share), float(limit), short, phases),
        figure_intervals(calls).get("underestimation_kaplan_meier"),
        headroom(share * len(rows), len(rows), limit, misses_at_limit=True),
        rows[short],
    )


def smape_mean(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """The mean SMAPE in percent, of calls that came to their end."""
    limit, calls, phases = guardrails.smape_mean_below, *_calls(records, rows)
    smape = smape_200(calls.predicted, calls.actual)
    mean = Fraction(int(smape.sum()), len(smape) * MILLION)
    values = smape / MILLION
    return LimitedFigure(
        float(mean),
        limit,
        mean >= limit,
        chance_of_mean(values, float(limit), phases),
        mean_interval(values, phases, (0.0, 200.0)),
        headroom(mean * len(rows), len(rows), limit, most=200, misses_at_limit=True),
    )


def waste_median(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """Predicted ÷ actual of the middle call."""
    return _waste(records, rows, _HALF, guardrails.waste_median_to)


def waste_p75(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """What three calls in four do not exceed."""
    return _waste(records, rows, P75, guardrails.waste_p75_to)


def waste_p90(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """What nine calls in ten do not exceed."""
    return _waste(records, rows, P90, guardrails.waste_p90_to)


_WASTE: Final = {_HALF: "waste_median", P75: "waste_p75", P90: "waste_p90"}


def _waste(records: WatchedRecords, rows: Rows, share: Fraction, limit: Fraction) -> LimitedFigure:
    calls, phases = _calls(records, rows)
    statistic: Fraction = getattr(metrics(calls), _WASTE[share])
    over = exceeds(calls.predicted, limit, calls.actual)
    ratios = calls.predicted / calls.actual
    return LimitedFigure(
        float(statistic),
        limit,
        statistic > limit,
        chance_of_share(float(over.mean()), float(1 - share), over, phases),
        quantile_intervals(ratios, (share,), phases)[0],
        headroom(int(over.sum()), len(rows), 1 - share, misses_at_limit=False),
    )


def _calls(records: WatchedRecords, rows: Rows) -> tuple[Calls, PhaseSizes]:
    calls = records.calls(rows)
    return calls, PhaseSizes.of_calls(calls.phase)


def fallback_share(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """The share of calls that the fallback served."""
    basis = records.table.basis
    hit = np.isin(basis.codes[rows], basis.codes_of("fallback"))
    return share_of(records, rows, hit, guardrails.fallback_share_to)


def sizes_unknown(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """The share of calls with a file whose size would have counted and that nobody gave."""
    hit = records.table.sizes_unknown[rows] > 0
    return share_of(records, rows, hit, guardrails.sizes_unknown_share_to)


def endings_unknown(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
    """The share of calls of which nobody knows whether they were cut off."""
    return share_of(records, rows, ~records.ended[rows], guardrails.endings_unknown_share_to)


def share_of(records: WatchedRecords, rows: Rows, hit: Booleans, limit: Fraction) -> LimitedFigure:
    """The share of these records that are hit, which stays within a limit."""
    many, phases = int(np.count_nonzero(hit)), records.phases(rows)
    share = Fraction(many, len(hit))
    chance = chance_of_share(float(share), float(limit), hit, phases)
    interval = share_interval(hit, phases)
    room = headroom(many, len(hit), limit, misses_at_limit=False)
    return LimitedFigure(float(share), limit, share > limit, chance, interval, room, rows[hit])


def exceeds(over: Integers, factor: Fraction, under: Integers) -> Booleans:
    """Is ``over > factor × under``, exactly?"""
    found: Booleans = over * factor.denominator > under * factor.numerator
    return found
