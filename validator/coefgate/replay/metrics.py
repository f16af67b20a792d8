"""The metrics, decided once: exact integers and fractions, whatever the order of the calls.

All token counts are integers; "predicted" means after margin and ceiling. Source:
docs/reference/metrics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from coefgate.replay.kaplan_meier import exceedance, places_among
from coefgate.samples.status import CallCount

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
MILLION: Final = 1_000_000
P75: Final = Fraction(3, 4)
P90: Final = Fraction(9, 10)
_EXACT_IN_INT64: Final = 2**33
"""Below this, every product in ``smape_200`` fits into 64 bits."""
_EXACT_IN_FLOAT: Final = 2**25
"""Below this, the quotients of different fractions are different floats, in the right order."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Scored calls as columns of one length: tokens, phase as a number, and which were cut off.

    ``actual`` of a censored call is the tokens that it had reached.
    """

    predicted: Integers
    actual: Integers
    phase: Indices
    censored: Booleans

    @property
    def count(self) -> CallCount:
        """How many there are."""
        return count_calls(self.phase, self.censored)

    def where(self, mask: npt.NDArray[np.bool_ | np.intp]) -> Calls:
        """The calls of a mask, or at these indices."""
        return Calls(
            self.predicted[mask], self.actual[mask], self.phase[mask], self.censored[mask]
        )


def count_calls(phase: Indices, censored: Booleans) -> CallCount:
    """Count calls, of which these are the columns; dense numbers of phases need no sorting."""
    if not len(phase) or (int(phase.min()) >= 0 and int(phase.max()) < 4 * len(phase) + 1000):
        phases = int(np.count_nonzero(np.bincount(phase)))
    else:
        # Many times faster than to tell them apart by np.unique.
        ordered = phase if (phase[1:] >= phase[:-1]).all() else np.sort(phase)
        phases = 1 + int(np.count_nonzero(np.diff(ordered)))
    cut_off = int(np.count_nonzero(censored))
    return CallCount(len(censored) - cut_off, cut_off, phases)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one set of calls; rates and ratios are exact.

    ``samples``: eligible calls; ``phases``: of these and ``censored`` ones. SMAPE in percent,
    0–200. ``underestimation_kaplan_meier``: the estimate that is held against the limit;
    ``underestimation_rate`` and ``underestimation_upper``: the ends that it lies between, which
    differ while censored calls are ``undecided``. ``waste_*``: predicted over actual.
    """

    samples: int
    censored: int
    phases: int
    smape_mean: Fraction
    smape_median: Fraction
    smape_p90: Fraction
    misses: int
    undecided: int
    underestimation_kaplan_meier: Fraction
    underestimation_rate: Fraction
    underestimation_upper: Fraction
    waste_median: Fraction
    waste_p75: Fraction
    waste_p90: Fraction


def smape_200(predicted: Integers, actual: Integers) -> Integers:
    """``200 × |predicted − actual| / (predicted + actual)`` in millionths of a percent, half up.

    Raises ``ValueError`` where both are zero.
    """
    total = predicted + actual
    if len(total) and int(total.min()) <= 0:
        raise ValueError("predicted and actual tokens are both zero, so no SMAPE is defined")
    if len(total) and int(total.max()) >= _EXACT_IN_INT64:
        exact = [
            (400 * MILLION * abs(p - a) + (p + a)) // (2 * (p + a))
            for p, a in zip(predicted.tolist(), actual.tolist(), strict=True)
        ]
        return np.array(exact, dtype=np.int64)
    rounded: Integers = (400 * MILLION * np.abs(predicted - actual) + total) // (2 * total)
    return rounded


def distances(calls: Calls) -> Integers:
    """SMAPE in millionths, below zero where too little is predicted.

    Of a censored call it is held against the tokens that it had reached: the least that it needed.
    """
    # A call that was cut off at nothing needed a token.
    needed = np.maximum(calls.actual, calls.censored)
    return np.sign(calls.predicted - needed) * smape_200(calls.predicted, needed)


def missed(calls: Calls) -> Booleans:
    """Which calls are certain to be cut off; a censored one if it had reached its prediction."""
    short: Booleans = calls.actual + calls.censored > calls.predicted  # it needs one token more
    return short


def covered_in_order(calls: Calls) -> Indices:
    """The calls that are not missed by actual ÷ predicted; of equal ones complete ones first."""
    at = np.flatnonzero(~missed(calls))
    at = at[np.argsort(calls.censored[at], kind="stable")]
    return at[ratio_order(calls.actual[at], calls.predicted[at])]


def underestimation(calls: Calls) -> Fraction:
    """The Kaplan–Meier estimate that a call needs more than is predicted for it, from 0 to 1.

    Exact with up to 50 undecided calls, else to 10^-12, half up. Raises ``ZeroDivisionError``
    without calls.
    """
    short = missed(calls)
    everyone, misses = len(short), int(short.sum())
    if not (calls.censored & ~short).any():
        return Fraction(misses, everyone)
    return exceedance(everyone, everyone - misses, _undecided_places(calls, short).tolist())


def _undecided_places(calls: Calls, short: Booleans) -> Indices:
    """Where those that were cut off stand in ``covered_in_order``."""
    if _tells_apart(calls.actual, calls.predicted):
        covered = calls.where(~short)
        ratios = covered.actual / covered.predicted
        return places_among(ratios[~covered.censored], ratios[covered.censored])
    return np.flatnonzero(calls.censored[covered_in_order(calls)])


def quantile_rank(count: int, q: Fraction) -> int:
    """Index of the nearest rank (``inverted_cdf``) in sorted values: the first that reaches q."""
    return max(0, -(-count * q.numerator // q.denominator) - 1)


def metrics(calls: Calls) -> Metrics | None:
    """All figures, or ``None`` where no eligible call is among ``calls``."""
    eligible = ~calls.censored
    predicted, actual = calls.predicted[eligible], calls.actual[eligible]
    count = len(predicted)
    if not count:
        return None
    middle, p90 = middle_ranks(count), quantile_rank(count, P90)
    smape = np.partition(smape_200(predicted, actual), sorted({*middle, p90}))
    ranks = (*middle, quantile_rank(count, P75), p90)
    waste = _ratios_at(predicted, actual, ranks)
    short = missed(calls)
    misses, undecided = int(short.sum()), int((calls.censored & ~short).sum())
    everyone = len(calls.predicted)
    return Metrics(
        samples=count,
        censored=everyone - count,
        phases=calls.count.phases,
        smape_mean=Fraction(int(smape.sum()), count * MILLION),
        smape_median=Fraction(sum(int(smape[rank]) for rank in middle), 2 * MILLION),
        smape_p90=Fraction(int(smape[p90]), MILLION),
        misses=misses,
        undecided=undecided,
        underestimation_kaplan_meier=underestimation(calls),
        underestimation_rate=Fraction(misses, everyone),
        underestimation_upper=Fraction(misses + undecided, everyone),
        waste_median=(waste[0] + waste[1]) / 2,
        waste_p75=waste[2],
        waste_p90=waste[3],
    )


def middle_ranks(count: int) -> tuple[int, int]:
    """The ranks whose mean is the median of ``count`` sorted values; equal for odd counts."""
    return (count - 1) // 2, count // 2


def _ratios_at(predicted: Integers, actual: Integers, ranks: tuple[int, ...]) -> list[Fraction]:
    """``predicted / actual`` at these ranks of the sorted ratios, exactly."""
    if max(int(predicted.max()), int(actual.max())) >= _EXACT_IN_FLOAT or int(actual.min()) <= 0:
        found = ratio_order(predicted, actual)[list(ranks)].tolist()
    else:
        ratios = predicted / actual
        ordered = np.partition(ratios, sorted(set(ranks)))
        # Equal floats are equal fractions here, so any call with the value will do.
        found = [int((ratios == ordered[rank]).argmax()) for rank in ranks]
    return [Fraction(int(predicted[at]), int(actual[at])) for at in found]


def ratio_order(over: Integers, under: Integers) -> Indices:
    """The order that sorts ``over / under`` as exact fractions; equal ones stay as they are."""
    if len(under) and int(under.min()) <= 0:
        raise ValueError("an eligible call has no actual tokens, so it has no waste ratio")
    if not _tells_apart(over, under):
        exact = [Fraction(p, a) for p, a in zip(over.tolist(), under.tolist(), strict=True)]
        return np.array(sorted(range(len(exact)), key=exact.__getitem__), dtype=np.intp)
    return np.argsort(over / under, kind="stable")


def _tells_apart(over: Integers, under: Integers) -> bool:
    """Are quotients of different fractions different floats, in the right order?"""
    return not len(under) or max(int(over.max()), int(under.max())) < _EXACT_IN_FLOAT


def divided(total: npt.NDArray[np.generic], count: Floats | Integers) -> Floats:
    """``total / count``; NaN where the count is nothing."""
    shares: Floats = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return shares
