"""The metrics of one set of calls, with what they mean for others: intervals and stakes.

95 % intervals are a bootstrap over whole phases, because calls of one phase resemble each other:
2,000 draws with a fixed seed, each phase once on average in each, nearest-rank percentiles 2.5 and
97.5; a draw that holds no call at all is left out. Where no miss was seen it can only say 0, so
underestimation gets the one-sided exact bound on phases instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from coefgate.core.counting import counted
from coefgate.replay.kaplan_meier import exceedance_in_draws
from coefgate.replay.metrics import (
    P75,
    P90,
    Calls,
    Floats,
    Indices,
    Integers,
    Metrics,
    covered_in_order,
    divided,
    metrics,
    missed,
    quantile_rank,
    ratio_order,
    smape_200,
)
from coefgate.replay.phase_draws import Times, phase_times, reached, totals
from coefgate.replay.spread import spread, spread_in_draws

DRAWS: Final = 2000
SEED: Final = 20251229
FEWEST_PHASES: Final = 10
NO_MISS: Final = "no miss seen: one-sided exact 95% bound on phases"
"""The method of an interval that only says how much a rate is at most."""

_FIGURES: Final = tuple(one.name for one in fields(Metrics) if one.type == "Fraction")


@dataclass(frozen=True, slots=True)
class ConfidenceInterval:
    """``low`` and ``high`` in the unit of the figure, and how they were found."""

    low: float
    high: float
    method: str


def intervals(calls: Calls, metrics: Metrics) -> Mapping[str, ConfidenceInterval | None]:
    """The interval of each figure; ``None`` below 10 phases, or where a draw has no eligible call.

    The exact bound of a rate that shows no miss is given for any number of phases.
    """
    found: dict[str, ConfidenceInterval | None] = dict.fromkeys((*_FIGURES, "spread"))
    if metrics.phases >= FEWEST_PHASES:
        method = f"bootstrap over {metrics.phases} phases"
        columns = (calls.predicted, calls.actual, calls.phase, calls.censored)
        ends = _ends(*(column.tobytes() for column in columns))
        found |= {name: ConfidenceInterval(*pair, method) for name, pair in ends.items()}
    for name, seen in (
        ("underestimation_kaplan_meier", metrics.underestimation_kaplan_meier),
        ("underestimation_rate", metrics.misses),
        ("underestimation_upper", metrics.misses + metrics.undecided),
    ):
        if not seen:
            method = NO_MISS
            found[name] = ConfidenceInterval(0.0, no_miss_bound(metrics.phases), method)
    return found


def no_miss_bound(phases: int) -> float:
    """``1 − 0.05^(1/n)``, the exact binomial bound: 10 phases without a miss still allow 26 %."""
    return 1.0 - math.pow(0.05, 1.0 / phases)


@lru_cache(maxsize=64)
def _ends(*columns: bytes) -> Mapping[str, tuple[float, float]]:
    """Both ends of each figure that every draw has; slices that hold the same calls share them."""
    kinds: tuple[Any, ...] = (np.int64, np.int64, np.intp, np.bool_)
    calls = Calls(*(np.frombuffer(data, kind) for data, kind in zip(columns, kinds, strict=True)))
    every = counted(in_draws(calls), "intervals", of=len(_FIGURES) + 1)
    drawn = {name: np.sort(one) for name, one in every if not np.isnan(one).any()}
    return {name: (_at_share(one, 25), _at_share(one, 975)) for name, one in drawn.items()}


def _at_share(values: Floats, thousandths: int) -> float:
    return float(values[quantile_rank(len(values), Fraction(thousandths, 1000))])


def in_draws(calls: Calls) -> Iterator[tuple[str, Floats]]:
    """Each figure in each draw; NaN where a draw holds no eligible call."""
    whole, smape, sums = in_phases(calls)
    times = _drawn_times(np.unique(calls.phase).tobytes())
    misses, at_most, everyone, count, errors = totals(sums, times)
    yield "smape_mean", divided(errors, count) / 1e6
    yield "underestimation_kaplan_meier", underestimation_in_draws(calls, times, everyone, misses)
    yield "underestimation_rate", divided(misses, everyone)
    yield "underestimation_upper", divided(at_most, everyone)
    rows = np.unique(calls.phase, return_inverse=True)[1]
    yield "spread", spread_in_draws(calls, rows, times)
    predicted, actual = whole.predicted, whole.actual
    for figure, shares, values, order in (
        ("smape", {"p90": P90}, smape / 1e6, np.argsort(smape, kind="stable")),
        ("waste", {"p75": P75, "p90": P90}, predicted / actual, ratio_order(predicted, actual)),
    ):
        found = ranked(values[order], whole.phase[order], times, count, *shares.values())
        yield f"{figure}_median", (found[0] + found[1]) / 2
        for name, value in zip(shares, found[2:], strict=True):
            yield f"{figure}_{name}", value


@lru_cache(maxsize=1)
def _drawn_times(keys: bytes) -> Times:
    """How often each draw holds these phases; both sides of a comparison have the same ones."""
    times = phase_times(np.frombuffer(keys, np.int64), DRAWS, seed=SEED)
    held = times.any(axis=0)  # with few phases a draw may hold none
    return times if held.all() else times.compress(held, axis=1)


def in_phases(calls: Calls) -> tuple[Calls, Integers, Floats]:
    """The eligible calls with phases numbered from 0, their SMAPE, and sums of every phase.

    Sums (figures × phases): misses, misses at most, calls, eligible ones and their SMAPE.
    """
    names, phase = np.unique(calls.phase, return_inverse=True)
    whole = replace(calls, phase=phase).where(~calls.censored)
    smape, short = smape_200(whole.predicted, whole.actual), missed(calls)
    sums = [
        np.bincount(phase, short, len(names)),
        np.bincount(phase, short | calls.censored, len(names)),
        np.bincount(phase, minlength=len(names)),
        np.bincount(whole.phase, minlength=len(names)),
        np.bincount(whole.phase, smape, len(names)),
    ]
    return whole, smape, np.array(sums, dtype=np.float64)


def underestimation_in_draws(
    calls: Calls, times: Times | Integers, everyone: Floats, misses: Floats
) -> Floats:
    """The Kaplan–Meier estimate in each draw; NaN where a draw holds no call.

    ``everyone`` and ``misses``: how many calls a draw holds, and how many of them are missed.
    """
    covered = covered_in_order(calls)
    leaves = calls.censored[covered]
    if not leaves.any():
        return divided(misses, everyone)
    phase = np.unique(calls.phase, return_inverse=True)[1]
    return exceedance_in_draws(everyone, times, phase[covered], leaves)


def ranked(
    values: Floats, phase: Indices, times: Times | Integers, count: Floats, *shares: Fraction
) -> Floats:
    """Of sorted ``values`` the two in the middle of each draw, then the nearest ranks of shares.

    ``count``: how many of them a draw holds; NaN where it holds none.
    """
    above = (np.maximum(0, -(-count * q.numerator // q.denominator) - 1) for q in shares)
    ranks = np.array([(count - 1) // 2, count // 2, *above], dtype=np.int64)
    return np.where(count > 0, values[reached(ranks, times, phase)], np.nan)


PER: Final = 1000


@dataclass(frozen=True, slots=True)
class Stakes:
    """Per 1,000 calls like the eligible and censored ones.

    ``cut_off_kaplan_meier``: replies, by the estimate; ``cut_off``: at least and at most.
    ``reserved_unused_tokens``: of a censored call whose need stays open all above what it had
    reached.
    """

    cut_off_kaplan_meier: Fraction
    cut_off: tuple[Fraction, Fraction]
    reserved_unused_tokens: Fraction


@dataclass(frozen=True)
class Figures:
    """``metrics`` is ``None`` where nothing is measurable. Equal metrics are equal figures."""

    metrics: Metrics | None
    calls: Calls = field(compare=False, repr=False)

    @classmethod
    def of(cls, calls: Calls) -> Figures:
        """Measure ``calls``."""
        return cls(metrics(calls), calls)

    @cached_property
    def spread(self) -> float | None:
        """How well calls are told apart, whatever the margin, to 10^-6; less is better."""
        return None if self.metrics is None else spread(self.calls)

    @cached_property
    def intervals(self) -> Mapping[str, ConfidenceInterval | None]:
        """The interval of each metric; none where there are no metrics."""
        return {} if self.metrics is None else intervals(self.calls, self.metrics)

    @cached_property
    def stakes(self) -> Stakes | None:
        """What happened on these calls, scaled to 1,000; ``None`` where there are no metrics."""
        if self.metrics is None:
            return None
        unused = int(np.maximum(self.calls.predicted - self.calls.actual, 0).sum())
        rates = self.metrics.underestimation_rate, self.metrics.underestimation_upper
        return Stakes(
            self.metrics.underestimation_kaplan_meier * PER,
            (rates[0] * PER, rates[1] * PER),
            Fraction(unused * PER, self.metrics.samples + self.metrics.censored),
        )
