"""How likely a call is to need more than was predicted, by the estimate of Kaplan and Meier.

Calls stand in the order of actual ÷ predicted, complete ones before cut-off ones where it is
equal. Each complete call up to 1 leaves ``1 − 1 / at_risk`` of the probability above it; one that
was cut off below its prediction is no longer at risk from there on. What is left above 1 is the
estimate. Source: Kaplan and Meier, Nonparametric Estimation from Incomplete Observations (1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt

EXACT_UP_TO: Final = 50
"""Undecided calls up to which the estimate is an exact fraction."""
STEP: Final = Fraction(1, 10**12)
"""With more of them it is rounded to such steps, half up: its digits would run into thousands."""
_BLOCK: Final = 64
"""Calls that are added up together."""


def exceedance(calls: int, covered: int, leaves: Sequence[int]) -> Fraction:
    """The estimate for so many ``calls``, of which ``covered`` are not known to need more.

    ``leaves``: where in the order of the covered ones, from 0, stand those that were cut off.
    """
    # Between two of them the factors cancel: 5/6 × 4/5 is 4/6.
    at_risk = [calls - at for at in leaves]
    left = calls - covered
    if not left and at_risk and at_risk[-1] == 1:  # nothing is known beyond the last one
        at_risk.pop()
        left = 1
    above, below = left * prod(at_risk), calls * prod(one - 1 for one in at_risk)
    if len(leaves) <= EXACT_UP_TO:
        return Fraction(above, below)
    return (2 * above * STEP.denominator + below) // (2 * below) * STEP


def exceedance_in_rows(
    predicted: npt.NDArray[np.int64],
    actual: npt.NDArray[np.int64],
    censored: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """The estimate for each row of ``predicted`` (rows × calls), in floats.

    ``actual`` and ``censored``: of the calls, which are the same in every row.
    """
    complete_first = np.argsort(censored, kind="stable")
    predicted, actual = predicted[:, complete_first], actual[complete_first]
    # A call for which nothing is predicted is never covered, so it comes last.
    needs = np.divide(actual, predicted, out=np.full(predicted.shape, np.inf), where=predicted > 0)
    order = np.argsort(needs, axis=1, kind="stable")
    ends = ~censored[complete_first][order] & (np.take_along_axis(needs, order, axis=1) <= 1)
    at_risk = np.arange(predicted.shape[1], 0, -1)
    shares: npt.NDArray[np.float64] = np.where(ends, (at_risk - 1) / at_risk, 1.0).prod(axis=1)
    return shares


def exceedance_in_draws(
    everyone: npt.NDArray[np.float64],
    times: npt.NDArray[np.integer],
    phase: npt.NDArray[np.intp],
    leaves: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """The estimate in each draw of phases; NaN where nobody was drawn.

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
