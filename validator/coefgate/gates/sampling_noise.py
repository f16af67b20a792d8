"""How much better figures look by chance alone when calls like the known ones come in.

The known calls stand for all calls: from their phases, drawn with repetition, come as many known
ones as there are, and after them as many new ones as came in. What a figure gains from the one to
both together is chance and nothing else. The calls that came in have no say in what chance may do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.replay.metrics import (
    MILLION,
    Booleans,
    Calls,
    Floats,
    Indices,
    Integers,
    divided,
    missed,
    ratio_order,
    smape_200,
)

FIGURES: Final = (
    "mean SMAPE",
    "underestimation",
    "underestimation, at most",
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


@dataclass(frozen=True, slots=True)
class _Column:
    """What the figures need of known calls, in the order of their waste; SMAPE in millionths."""

    phase: Indices
    eligible: Booleans
    missed: Booleans
    smape: Integers
    waste: Floats


def explained_by_chance(
    known: Calls, added: int, *, above: Fraction, level: float
) -> Mapping[str, float]:
    """By figure, how many points better it gets by chance alone when ``added`` calls come in.

    With a chance of ``level`` at most, calls like the ``known`` ones make any of the figures
    better by more than that *and* by more than ``above`` points. Empty where no whole call is
    known; a figure that chance alone does not make better is left out.
    """
    _, sizes = np.unique(known.phase, return_counts=True)
    if not added or known.censored.all():
        return {}
    explained = bounds(_gains(known, sizes, added), float(above), level)
    return {
        figure: bound
        for figure, bound in zip(FIGURES, explained.tolist(), strict=True)
        if bound > 0
    }


def bounds(gains: Floats, above: float, level: float) -> Floats:
    """Per figure (a row of ``gains``) what the draws reach that are not among the most extreme.

    One share is cut off from every figure, the largest with which the draws in which any figure is
    cut off, and gains more than ``above``, are ``level`` of all at most.
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


def _gains(known: Calls, sizes: Integers, added: int) -> Floats:
    """Figures × draws: the points by which chance makes each figure better."""
    column = _column(known)
    calls = len(column.phase)
    draws = min(DRAWS, max(FEWEST_DRAWS, _WORK // calls))
    # RandomState is frozen by NumPy's NEP 19: the same draws whatever the version.
    random = np.random.RandomState(SEED)
    at_once = max(1, _AT_ONCE // (calls + added))
    parts = []
    for start in range(0, draws, at_once):
        rows = min(at_once, draws - start)
        before = _drawn(random, sizes, rows, calls)
        after = _drawn(random, sizes, rows, added)
        parts.append(_gained(column, before[column.phase], after[column.phase]))
    return np.concatenate(parts, axis=1)


def _drawn(random: np.random.RandomState, sizes: Integers, rows: int, calls: int) -> Integers:
    """Phases × rows: how often each is drawn until so many calls are there."""
    picked = random.randint(0, len(sizes), size=(rows, calls))
    drawn = sizes[picked]
    needed = drawn.cumsum(axis=1) - drawn < calls
    cells = picked * rows + np.arange(rows)[:, None]
    return np.bincount(cells[needed], minlength=rows * len(sizes)).reshape(len(sizes), rows)


def _column(known: Calls) -> _Column:
    phase = np.unique(known.phase, return_inverse=True)[1]
    eligible = np.flatnonzero(~known.censored)
    whole = known.where(eligible)
    ordered = eligible[ratio_order(whole.predicted, whole.actual)]
    order = np.concatenate((ordered, np.flatnonzero(known.censored)))
    count, calls = len(ordered), known.where(order)
    return _Column(
        phase=phase[order],
        eligible=~calls.censored,
        missed=missed(calls),
        smape=smape_200(calls.predicted, calls.actual),
        waste=calls.predicted[:count] / calls.actual[:count],
    )


def _gained(column: _Column, before: Integers, added: Integers) -> Floats:
    """``before`` and ``added``: calls × draws, how often each known call is one of both."""
    was = tuple(_figures(column, before, before))
    now = tuple(_figures(column, before + added, before + added * ~column.missed[:, None]))
    gained: Floats = np.array([one - other for one, other in zip(was, now, strict=True)])
    return np.where(np.isnan(gained), 0.0, gained)


def _figures(column: _Column, times: Integers, for_waste: Integers) -> Iterator[Floats]:
    """The figures in points, each the worse the higher; NaN where no eligible call was drawn."""
    whole, everyone = times[column.eligible], times.sum(axis=0)
    yield divided(column.smape[column.eligible] @ whole, whole.sum(axis=0)) / MILLION
    yield divided(100 * times[column.missed].sum(axis=0), everyone)
    yield divided(100 * times[column.missed | ~column.eligible].sum(axis=0), everyone)
    reached = for_waste[column.eligible].cumsum(axis=0)
    count = reached[-1]
    ranks = (np.maximum(0, (count - 1) // 2), count // 2, np.maximum(0, -(-count * 9 // 10) - 1))
    lower, upper, p90 = (_at(column.waste, reached, rank) for rank in ranks)
    yield 100 * np.abs((lower + upper) / 2 - 1)
    yield 100 * p90


def _at(values: Floats, reached: Integers, rank: Integers) -> Floats:
    """The value at a rank of each draw; ``reached``: how many are drawn up to each value."""
    index = (reached <= rank).sum(axis=0)
    return np.where(index < len(values), values[np.minimum(index, len(values) - 1)], np.nan)
