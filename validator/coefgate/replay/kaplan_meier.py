"""How likely a call is to need more than was predicted, by the estimate of Kaplan and Meier.

Calls stand in the order of actual ÷ predicted, complete ones before cut-off ones where it is
equal. Each complete call up to 1 leaves ``1 − 1 / at_risk`` of the probability above it; one that
was cut off below its prediction is no longer at risk from there on. What is left above 1 is the
estimate. Source: Kaplan and Meier, Nonparametric Estimation from Incomplete Observations (1958).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor, prod
from typing import Final

import numpy as np
import numpy.typing as npt

EXACT_UP_TO: Final = 50
"""Undecided calls up to which the estimate is an exact fraction."""
STEP: Final = Fraction(1, 10**12)
"""With more of them it is rounded to such steps, half up: its digits would run into thousands."""
_BLOCK: Final = 64
"""Calls that are added up together."""
_IN_INT64: Final = 62
"""Bits that a product may take."""
_BITS: Final = 128
"""Binary places of an estimate while it is worked out: far more than ``STEP`` takes."""


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
    if len(leaves) <= EXACT_UP_TO:
        return _exactly(left, calls, at_risk)
    low, high = _enclosed(left, calls, at_risk)
    return low if low == high else _rounded(_exactly(left, calls, at_risk))


def _exactly(left: int, calls: int, at_risk: Sequence[int]) -> Fraction:
    return Fraction(left * prod(at_risk), calls * prod(one - 1 for one in at_risk))


def _enclosed(left: int, calls: int, at_risk: Sequence[int]) -> tuple[Fraction, Fraction]:
    """The rounded estimate by the least and the most that it can be, at a fixed number of bits."""
    least = (left << _BITS) // calls
    for above, below in _factors(calls, at_risk):
        least = least * above // below
    # Each division loses less than 1, and what follows it makes that at most ``calls`` times more.
    most = least + calls * (len(at_risk) + 1)
    return _rounded(Fraction(least, 1 << _BITS)), _rounded(Fraction(most, 1 << _BITS))


def _factors(calls: int, at_risk: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Numerators and denominators of what they give together, several in 64 bits each."""
    # Next to each other factors cancel: 5/4 × 4/3 is 5/3.
    falling = np.array(at_risk, dtype=np.int64)
    gap = np.flatnonzero(np.diff(falling) != -1)
    above = falling[np.append(0, gap + 1)]
    below = falling[np.append(gap, len(falling) - 1)] - 1
    size = max(1, _IN_INT64 // calls.bit_length())
    pairs = []
    for side in (above, below):
        padded = np.append(side, np.ones(-len(side) % size, dtype=np.int64))
        pairs.append(padded.reshape(-1, size).prod(axis=1).tolist())
    return zip(*pairs, strict=True)


def _rounded(estimate: Fraction) -> Fraction:
    return floor(estimate / STEP + Fraction(1, 2)) * STEP


def places_among(
    complete: npt.NDArray[np.float64], undecided: npt.NDArray[np.float64]
) -> npt.NDArray[np.intp]:
    """Where cut-off calls stand among the covered ones, from 0, by actual ÷ predicted.

    Equal ratios are equal floats; complete calls come before cut-off ones.
    """
    before = np.searchsorted(np.sort(complete), np.sort(undecided), side="right")
    return before + np.arange(len(undecided))


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
