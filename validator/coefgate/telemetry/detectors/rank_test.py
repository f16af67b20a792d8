"""A rank test of two groups of phases, cell by cell: exact, also where replies were cut off.

A phase counts as one, since its calls resemble each other: a test that took each call by itself
would give too many false alarms. Each phase is held against each of the other group in its own
cell, and scores 1 where it is certain that it needed more, −1 where it needed less; a phase with a
cut-off call needed "at least" and never certainly less (Gehan, 1965). Scores are weighted by
1 / (phases of the cell + 1) and added up over cells (van Elteren, 1960).

The chance is that of all ways to hand out the same scores to the two groups within each cell,
counted where they can be, and normal where there are so many that it makes no difference. So no
form of distribution is assumed, and no random number is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, comb, floor, sqrt
from typing import Final, NamedTuple

import numpy as np
from scipy.special import ndtr

from coefgate.replay.metrics import Floats, Integers
from coefgate.telemetry.detectors.phase_needs import PhaseNeeds

_STEPS: Final = 32
"""Weighted scores, which lie between −1 and 1, are rounded to one in so many."""
_COUNTED_TO: Final = 1_000_000
"""Additions that it may take to count the ways of a cell; beyond, their sum is normal."""


@dataclass(frozen=True, slots=True)
class RankTest:
    """``p``: two-sided; ``least``: the smallest that so many phases with these needs can give.

    ``factor``: how many times as much a phase needs of its prediction as one of the other group
    in its cell, in the middle; ``None`` where no cell has both.
    """

    p: float
    least: float
    factor: float | None


class _Sums(NamedTuple):
    """How likely each sum of scores is, from the ``lowest`` on."""

    lowest: int
    chance: Floats

    def and_of(self, other: _Sums) -> _Sums:
        """The same of both together."""
        return _Sums(self.lowest + other.lowest, np.convolve(self.chance, other.chance))


def rank_test(now: PhaseNeeds, before: PhaseNeeds) -> RankTest:
    """Do phases need something else ``now`` than those ``before``, in their own cells?"""
    seen, counted, mean, variance = 0, _Sums(0, np.ones(1)), 0.0, 0.0
    apart = list[Floats]()
    there = {*now.cell.tolist()}
    for cell in (cell for cell, number in now.cells.items() if number in there):
        ours, theirs = now.of(cell), before.of(cell)
        if not len(ours) or not len(theirs):
            continue
        scores, chosen = _scores(ours, theirs), len(ours)
        seen += int(scores[:chosen].sum())
        ways = _count(scores, chosen)
        if ways:
            counted = counted.and_of(ways)
        else:
            mean += chosen * float(scores.mean())
            variance += chosen * len(theirs) / (len(scores) - 1) * float(scores.var())
        apart.append(np.subtract.outer(ours.need, theirs.need).ravel())
    if not apart:
        return RankTest(1.0, 1.0, None)
    every = counted.and_of(_normal(mean, variance)) if variance else counted
    at = min(max(seen - every.lowest, 0), len(every.chance) - 1)
    tails = every.chance[: at + 1].sum(), every.chance[at:].sum()
    ends = every.chance[np.flatnonzero(every.chance > 0)[[0, -1]]]
    p, least = (min(1.0, 2 * float(min(some))) for some in (tails, ends))
    return RankTest(p, least, float(np.exp(np.median(np.concatenate(apart)))))


def _scores(ours: PhaseNeeds, theirs: PhaseNeeds) -> Integers:
    """Of each phase, ``ours`` first: by how many it needed more than it did less, in steps."""
    need = np.concatenate((ours.need, theirs.need))
    at_least = np.concatenate((ours.at_least, theirs.at_least))
    complete, cut_off = np.sort(need[~at_least]), np.sort(need[at_least])
    # Certainly below a phase are complete ones with less, and of one that was cut off also those
    # with as much; certainly above a complete one all others with more, cut off at as much too.
    below = np.searchsorted(complete, need, side="left")
    below[at_least] = np.searchsorted(complete, need[at_least], side="right")
    above = len(complete) - np.searchsorted(complete, need, side="right")
    above += len(cut_off) - np.searchsorted(cut_off, need, side="left")
    above[at_least] = 0
    found: Integers = np.rint((below - above) * (_STEPS / (len(need) + 1))).astype(np.int64)
    return found


def _count(scores: Integers, chosen: int) -> _Sums | None:
    """The sums of so many ``chosen`` scores; ``None`` where there are too many ways to choose."""
    others = len(scores) - chosen
    if others < chosen:
        # What is chosen is all but the rest.
        rest = _count(scores, others)
        if rest is None:
            return None
        highest = rest.lowest + len(rest.chance) - 1
        return _Sums(int(scores.sum()) - highest, rest.chance[::-1])
    lowest = int(scores.min())
    width = (int(scores.max()) - lowest) * chosen + 1
    if len(scores) * (chosen + 1) * width > _COUNTED_TO:
        return None
    ways = np.zeros((chosen + 1, width))
    ways[0, 0] = 1.0
    for many, step in enumerate((scores - lowest).tolist()):
        some = min(many + 1, chosen)
        ways[1 : some + 1, step:] += ways[:some, : width - step]
    return _Sums(lowest * chosen, ways[chosen] / comb(len(scores), chosen))


def _normal(mean: float, variance: float) -> _Sums:
    """Sums that are normal, as far as ten deviations from their mean."""
    deviation = sqrt(variance)
    lowest, highest = floor(mean - 10 * deviation), ceil(mean + 10 * deviation)
    edges = (np.arange(lowest, highest + 2) - 0.5 - mean) / deviation
    # From the nearer end, so that nothing small is taken from something close to one.
    below, above = np.diff(ndtr(edges)), -np.diff(ndtr(-edges))
    return _Sums(lowest, np.where(edges[1:] <= 0, below, above))
