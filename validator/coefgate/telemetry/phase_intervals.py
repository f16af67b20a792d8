"""95% intervals of many calls' figures that take phases whole, without drawing any.

Calls of one phase resemble each other, so each figure's variance is that of its sums over phases
(linearised, Cochran, Sampling Techniques, 1977, 6.3). Of a rate it says how many independent calls
these are worth, and the exact binomial interval of so many holds (Korn and Graubard, 1998); the
interval of a quantile is that of the share of calls below it (Woodruff, 1952). Reports of a
registry draw phases instead, which a million calls are too many for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Final

import numpy as np
from scipy.special import stdtrit

from coefgate.calibration.exact_bounds import TWO_SIDED, highest, lowest
from coefgate.replay.figures import FEWEST_PHASES, NO_MISS, ConfidenceInterval, no_miss_bound
from coefgate.replay.metrics import (
    P75,
    P90,
    Booleans,
    Calls,
    Floats,
    Indices,
    Integers,
    missed,
    quantile_rank,
    smape_200,
)

_NORMAL: Final = float(stdtrit(np.inf, TWO_SIDED))
_HALF: Final = Fraction(1, 2)
_LEAST: Final = 0.1
"""Degrees of freedom below which the distribution of Student has no numbers any more."""


@dataclass(frozen=True, slots=True)
class PhaseSizes:
    """Of each call its phase, numbered from 0, and of each phase how many ``calls`` it has."""

    of: Indices
    calls: Floats

    @classmethod
    def of_calls(cls, phase: Indices) -> PhaseSizes:
        """``phase``: any number of the phase of each call."""
        if (phase[1:] >= phase[:-1]).all():
            of = np.concatenate(([0], (phase[1:] != phase[:-1]).cumsum())) if len(phase) else phase
        else:
            of = np.unique(phase, return_inverse=True)[1]
        return cls(of.astype(np.intp), np.bincount(of).astype(np.float64))

    @property
    def count(self) -> int:
        """How many phases there are."""
        return len(self.calls)

    @property
    def effective(self) -> float:
        """How many phases of one size tell as much (Kish, 1965): few, if few are large."""
        return float(self.calls.sum() ** 2 / np.square(self.calls).sum())

    @property
    def freedom(self) -> float:
        """Degrees of freedom of an error of theirs."""
        return max(self.effective - 1, _LEAST)

    @property
    def method(self) -> str:
        """How an interval was found."""
        return f"linearised over {self.count} phases"

    @property
    def quantile(self) -> float:
        """Of Student's t: how many standard errors the ends lie apart from the middle."""
        return float(stdtrit(self.count - 1, TWO_SIDED))

    def error(self, values: Floats | Integers | Booleans) -> tuple[float, float]:
        """The mean of a ``values`` per call, and its standard error."""
        sums = np.bincount(self.of, values, self.count)
        calls, phases = len(self.of), self.count
        mean = float(sums.sum()) / calls
        apart = float(np.square(sums - mean * self.calls).sum())
        return mean, sqrt(apart * phases / (phases - 1)) / calls

    def worth(self, hits: Booleans) -> float:
        """How many independent calls say as much of the share of ``hits``."""
        alike = self._alike(hits)
        return float(self.count) if alike is None else alike * (_NORMAL / self.quantile) ** 2

    def worth_at_least(self, hits: Booleans, tail: float) -> float:
        """The same for a question that chance answers wrongly with ``tail`` at most.

        How alike calls of one phase are is itself an estimate, of ``effective`` phases, and far
        out in the tail it counts for more than at the ends of a 95% interval.
        """
        alike = self._alike(hits)
        shrunk = stdtrit(np.inf, tail) / stdtrit(self.freedom, tail)
        return self.effective if alike is None else max(1.0, float(alike * shrunk**2))

    def _alike(self, hits: Booleans) -> float | None:
        """So many independent calls have this error; ``None`` where all are hits, or none."""
        mean, error = self.error(hits)
        if not 0 < mean < 1:
            return None
        most = float(len(self.of))
        return min(mean * (1 - mean) / error**2, most) if error else most


def share_interval(hits: Booleans, phases: PhaseSizes) -> ConfidenceInterval | None:
    """Of the share of calls that are ``hits``; ``None`` below 10 phases.

    Where none is, the one-sided exact bound on phases, for any number of them.
    """
    if not phases.count:
        return None
    if not hits.any():
        return ConfidenceInterval(0.0, no_miss_bound(phases.count), NO_MISS)
    if phases.count < FEWEST_PHASES:
        return None
    worth = phases.worth(hits)
    return ConfidenceInterval(*_share_ends(float(hits.mean()), worth), phases.method)


def _share_ends(share: float, worth: float) -> tuple[float, float]:
    hits, calls = np.array([share * worth]), np.array([worth])
    low, high = lowest(hits, calls, TWO_SIDED), highest(hits, calls, TWO_SIDED)
    return float(low[0]), float(high[0])


def mean_interval(
    values: Floats | Integers, phases: PhaseSizes, within: tuple[float, float]
) -> ConfidenceInterval | None:
    """Of the mean of ``values`` that lie ``within`` these ends; ``None`` below 10 phases."""
    if phases.count < FEWEST_PHASES:
        return None
    mean, error = phases.error(values)
    low, high = mean - phases.quantile * error, mean + phases.quantile * error
    return ConfidenceInterval(max(low, within[0]), min(high, within[1]), phases.method)


def quantile_intervals(
    values: Floats | Integers, shares: Sequence[Fraction], phases: PhaseSizes
) -> list[ConfidenceInterval | None]:
    """Of the quantiles of ``values`` at these ``shares``.

    ``None`` below 10 phases, and where the largest value may well lie below the quantile.
    """
    if phases.count < FEWEST_PHASES:
        return [None for _ in shares]
    middles = [quantile_rank(len(values), q) for q in shares]
    placed = np.partition(values, middles)  # takes half the time of sorting
    ends = [
        _rank_ends(len(values), q, phases.worth(values <= placed[middle]))
        for q, middle in zip(shares, middles, strict=True)
    ]
    placed.partition(np.array([rank for one in ends for rank in one or ()], dtype=np.intp))
    return [
        None
        if one is None
        else ConfidenceInterval(float(placed[one[0]]), float(placed[one[1]]), phases.method)
        for one in ends
    ]


def _rank_ends(count: int, q: Fraction, worth: float) -> tuple[int, int] | None:
    """The ranks between which a quantile of so many values lies that are ``worth`` fewer calls."""
    if float(q) ** worth > 1 - TWO_SIDED:
        return None
    low, high = _share_ends(float(q), worth)
    return quantile_rank(count, Fraction(low)), quantile_rank(count, Fraction(high))


def figure_intervals(calls: Calls) -> Mapping[str, ConfidenceInterval | None]:
    """Of each figure of ``metrics``, by its name; none where no call is eligible.

    The need of a call that was cut off below its prediction is open, so the Kaplan–Meier estimate
    lies between the low end of the rate at least and the high end of that at most.
    """
    whole = ~calls.censored
    if not whole.any():
        return {}
    phases, short = PhaseSizes.of_calls(calls.phase), missed(calls)
    least = share_interval(short, phases)
    most = share_interval(short | calls.censored, phases)
    eligible = calls if whole.all() else calls.where(whole)
    of = phases if whole.all() else PhaseSizes.of_calls(eligible.phase)
    smape = smape_200(eligible.predicted, eligible.actual) / 1e6
    waste = eligible.predicted / eligible.actual
    smape_median, smape_p90 = quantile_intervals(smape, (_HALF, P90), of)
    waste_median, waste_p75, waste_p90 = quantile_intervals(waste, (_HALF, P75, P90), of)
    return {
        "smape_mean": mean_interval(smape, of, (0.0, 200.0)),
        "smape_median": smape_median,
        "smape_p90": smape_p90,
        "underestimation_kaplan_meier": _between(least, most),
        "underestimation_rate": least,
        "underestimation_upper": most,
        "waste_median": waste_median,
        "waste_p75": waste_p75,
        "waste_p90": waste_p90,
    }


def _between(
    least: ConfidenceInterval | None, most: ConfidenceInterval | None
) -> ConfidenceInterval | None:
    if least is None or most is None:
        return None
    return ConfidenceInterval(least.low, most.high, most.method)
