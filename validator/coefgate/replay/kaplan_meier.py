"""Kaplan–Meier: what calls need of their predictions, some of which were cut off.

Calls stand in the order of actual ÷ predicted, complete ones before cut-off ones where it is
equal. Each complete one leaves ``1 − 1 / at_risk`` of the probability above it; one that was cut
off says "at least", and is no longer at risk from there on. Source: Kaplan and Meier,
Nonparametric Estimation from Incomplete Observations (1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, prod
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from coefgate.replay.metrics import Booleans, Floats

EXACT_UP_TO: Final = 50
"""Undecided calls up to which the share that needs more than was predicted is exact."""
STEP: Final = Fraction(1, 10**12)
"""With more of them it is rounded to such steps, half up: its digits would run into thousands."""
PRECISION: Final = 1e-9
"""Shares in floats that differ by less are equal, and so are residuals."""
_BLOCK: Final = 64
"""Calls that are added up together."""
_BITS: Final = 128
"""Binary places of an estimate while it is worked out: far more than ``STEP`` takes."""


def exceedance(calls: int, covered: int, leaves: Sequence[int]) -> Fraction:
    """The share of so many ``calls`` that needs more, ``covered`` of which are not known to.

    ``leaves``: where in the order of the covered ones, from 0, stand those that were cut off.
    """
    # Between two of them the factors cancel: 5/6 × 4/5 is 4/6.
    at_risk = [calls - at for at in leaves]
    left = calls - covered
    if not left and at_risk and at_risk[-1] == 1:  # nothing is known beyond the last one
        at_risk.pop()
        left = 1
    if len(leaves) <= EXACT_UP_TO:
        return Fraction(left * prod(at_risk), calls * prod(one - 1 for one in at_risk))
    # Rounded up each time, so that a half of the last step is not lost.
    share = -((-left << _BITS) // calls)
    for one in at_risk:
        share = -(-share * one // (one - 1))
    return floor(Fraction(share, 1 << _BITS) / STEP + Fraction(1, 2)) * STEP


def _left_above(ends: Booleans) -> Floats:
    """What each call of a row leaves of the probability above it; ``ends``: does it say so?"""
    return _weighted_left_above(ends, np.ones(ends.shape[-1]))


def _weighted_left_above(ends: Booleans, weight: Floats, beyond: float = 0.0) -> Floats:
    """The same of calls that count so much; ``beyond``: what is at risk above all of the row."""
    at_risk = weight[::-1].cumsum()[::-1] + beyond
    found: Floats = np.where(ends, (at_risk - weight) / at_risk, 1.0)
    return found


def quantile(values: Floats, censored: Booleans, share: Fraction) -> float | None:
    """The value that this share of calls is at or below; ``None`` if none is known.

    Between the middles of two steps of the estimate it is interpolated (Hazen's rule): among few
    calls a step is wide, and one call more or less would decide between its ends. None is known
    where too many of the calls with large values were cut off.
    """
    order = np.lexsort((censored, values))
    complete = ~censored[order]
    steps: Floats = (1 - _left_above(complete).cumprod())[complete]
    if not len(steps) or steps[-1] < float(share) - PRECISION:
        return None
    middles = (steps + np.concatenate(([0.0], steps[:-1]))) / 2
    return float(np.interp(float(share), middles, values[order][complete]))


def conformal_distribution(censored: Booleans, weight: Floats) -> Floats:
    """Of calls in rising order: the share of unseen calls that need at most as much as each.

    One value for each call that was not cut off. The unseen call itself is one more, at infinity
    and of mean ``weight``: of n calls of equal weight none of which was cut off, the k-th has
    ``k / (n + 1)``, as in split conformal prediction.
    """
    unseen = float(weight.mean()) if len(weight) else 1.0
    left = _weighted_left_above(~censored, weight, beyond=unseen)
    within: Floats = 1 - left.cumprod()[~censored]
    return within


def conformal_quantile(within: Floats, share: float, *, lower: bool = False) -> int | None:
    """Where the distribution ``within`` reaches a share, from above; ``lower``: from below.

    ``None`` where it does not: the share lies beyond the last call, or before the first.
    """
    if lower:
        at = int(np.searchsorted(within, share + PRECISION, side="right")) - 1
    else:
        at = int(np.searchsorted(within, share - PRECISION, side="left"))
    return at if 0 <= at < len(within) else None


def share_within(excess: Floats, censored: Booleans, weight: Floats, *, equal: bool) -> float:
    """The share of calls whose need is at most its limit; without ``equal``, below it.

    ``excess``: of each call how far its need, or what it had reached, is above its own limit;
    ``weight``: how much it counts.
    """
    order = np.lexsort((weight, censored, excess))
    most = PRECISION if equal else -PRECISION
    ends = ~censored[order] & (excess[order] <= most)
    return 1.0 - float(_weighted_left_above(ends, weight[order]).prod())


def places_among(complete: Floats, undecided: Floats) -> npt.NDArray[np.intp]:
    """Where cut-off calls stand among the covered ones, from 0, by actual ÷ predicted.

    Equal ratios are equal floats; complete calls come before cut-off ones.
    """
    before = np.searchsorted(np.sort(complete), np.sort(undecided), side="right")
    return before + np.arange(len(undecided))


def exceedance_in_rows(
    predicted: npt.NDArray[np.int64],
    actual: npt.NDArray[np.int64],
    censored: Booleans,
) -> Floats:
    """The share that needs more, for each row of ``predicted`` (rows × calls), in floats.

    ``actual`` and ``censored``: of the calls, which are the same in every row.
    """
    complete_first = np.argsort(censored, kind="stable")
    predicted, actual = predicted[:, complete_first], actual[complete_first]
    # A call for which nothing is predicted is never covered, so it comes last.
    needs = np.divide(actual, predicted, out=np.full(predicted.shape, np.inf), where=predicted > 0)
    order = np.argsort(needs, axis=1, kind="stable")
    ends = ~censored[complete_first][order] & (np.take_along_axis(needs, order, axis=1) <= 1)
    shares: Floats = _left_above(ends).prod(axis=1)
    return shares


def exceedance_in_draws(
    everyone: Floats,
    times: npt.NDArray[np.integer],
    phase: npt.NDArray[np.intp],
    leaves: Booleans,
) -> Floats:
    """The share that needs more in each draw of phases; NaN where nobody was drawn.

    ``everyone``: how many calls each draw holds. ``times``: phases × draws, how often each phase
    was drawn. ``phase`` and ``leaves``: of the covered calls, in their order.
    """
    at_risk, share = everyone, np.where(everyone > 0, 1.0, np.nan)
    start = 0
    for stop in (*np.flatnonzero(leaves).tolist(), len(phase)):
        before = at_risk
        for first in range(start, stop, _BLOCK):
            some = phase[first : min(first + _BLOCK, stop)]
            at_risk = at_risk - times[some].sum(axis=0, dtype=np.int64)
        share *= np.divide(at_risk, before, out=np.ones_like(share), where=before > 0)
        if stop < len(phase):
            at_risk = at_risk - times[phase[stop]]
        start = stop + 1
    return share
