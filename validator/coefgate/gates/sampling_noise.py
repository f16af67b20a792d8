"""How much better figures look by chance alone when calls like the known ones come in.

From the phases of the known calls, drawn with repetition, come on average as many known ones as
there are, and beside them as many new ones as came in. What a figure gains from the one to both
together is chance and nothing else. The calls that came in have no say in what chance may do.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.replay.figures import in_phases, ranked, underestimation_in_draws
from coefgate.replay.metrics import (
    MILLION,
    P90,
    Calls,
    Floats,
    Integers,
    divided,
    missed,
    ratio_order,
)
from coefgate.replay.phase_draws import phase_times, totals

FIGURES: Final = (
    "mean SMAPE",
    "underestimation",
    "median waste",
    "waste P90",
)
SEED: Final = 20260117
DRAWS: Final = 2000
FEWEST_DRAWS: Final = 500
_WORK: Final = 10_000_000
"""Calls times draws: where there are many calls fewer draws have to do."""
_AT_ONCE: Final = 1_000_000
"""Calls times draws that are looked at together."""


def explained_by_chance(
    known: Calls, added: int, *, above: Fraction, level: float
) -> Mapping[str, float]:
    """By figure, how many points better it gets by chance alone when ``added`` calls come in.

    With a chance of ``level`` at most, calls like the ``known`` ones make any figure better by
    more than that *and* by more than ``above`` points. Figures that chance never helps are left
    out; empty where no whole call is known.
    """
    if not added or known.censored.all():
        return {}
    explained = bounds(_gains(known, added), float(above), level)
    return {
        figure: bound
        for figure, bound in zip(FIGURES, explained.tolist(), strict=True)
        if bound > 0
    }


def bounds(gains: Floats, above: float, level: float) -> Floats:
    """Per figure (a row of ``gains``) what the draws reach that are not among the most extreme.

    One share is cut off from each: the largest with which at most ``level`` of all draws are cut
    off anywhere and gain more than ``above`` there.
    """
    draws = gains.shape[1]
    ordered = np.sort(gains, axis=1)
    reached = np.array(
        [np.searchsorted(row, values) for row, values in zip(ordered, gains, strict=True)]
    )
    rarity = (draws - reached) / draws  # the share of draws that gain as much or more
    rarest = np.sort(np.where(gains > above, rarity, 1.0).min(axis=0))
    share = min(level, rarest[int(level * draws)])
    return np.fromiter(
        (values[rare >= share].max() for values, rare in zip(gains, rarity, strict=True)),
        np.float64,
    )


def _gains(known: Calls, added: int) -> Floats:
    """Figures × draws: the points by which chance makes each figure better."""
    whole, _, sums = in_phases(known)
    whole = whole.where(ratio_order(whole.predicted, whole.actual))
    keys, calls = np.unique(known.phase), len(known.phase)
    draws = min(DRAWS, max(FEWEST_DRAWS, _WORK // calls))
    before = phase_times(keys, draws, seed=SEED)
    new = phase_times(keys, draws, seed=SEED + 1, mean=added / calls)
    at_once = max(1, _AT_ONCE // (calls + added))
    parts = []
    for start in range(0, draws, at_once):
        was, more = (one[:, start : start + at_once].astype(np.int64) for one in (before, new))
        gained = _figures(known, whole, sums, was, was)
        gained -= _figures(known, whole, sums, was + more, was)
        parts.append(np.where(np.isnan(gained), 0.0, gained))
    return np.concatenate(parts, axis=1)


def _figures(
    known: Calls, whole: Calls, sums: Floats, times: Integers, times_of_missed: Integers
) -> Floats:
    """The figures in points, each the worse the higher; NaN where no eligible call was drawn.

    ``times``: phases × draws; ``times_of_missed``: of missed calls, where it is about waste.
    ``whole``: the eligible calls in the order of their waste.
    """
    misses, _, everyone, count, errors = totals(sums, times)
    phase = whole.phase + len(times) * missed(whole)
    for_waste = np.concatenate((times, times_of_missed))
    (drawn,) = totals(np.bincount(phase, minlength=len(for_waste))[None].astype(float), for_waste)
    lower, upper, p90 = ranked(whole.predicted / whole.actual, phase, for_waste, drawn, P90)
    return np.array(
        (
            divided(errors, count) / MILLION,
            100 * underestimation_in_draws(known, times, everyone, misses),
            100 * np.abs((lower + upper) / 2 - 1),
            100 * p90,
        )
    )
