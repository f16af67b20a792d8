"""Ends and ticks of axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil, floor, log, log10
from typing import Final

from coefgate.reports.chart import Axis

LEAST_RATIO: Final = 0.001
"""What smaller ratios are drawn as: a logarithmic axis has no place for 0."""
_STEPS: Final = (1, 2, 5)
_COARSE: Final = (1, 3)
_FINE: Final = (1, 1.5, 2, 3, 5, 7)
_MOST_TICKS: Final = 9
_ACROSS: Final = 52
"""Characters that an axis has room for."""


def shares_axis(label: str) -> Axis:
    """From nothing to all, in percent."""
    return Axis(label, 0, 1, [(at / 5, f"{at * 20}%") for at in range(6)])


def log_axis(label: str, values: Iterable[float]) -> Axis:
    """A logarithmic axis that holds all values, with ticks at round numbers.

    ``values``: above 0.
    """
    every = list(values)
    low, high = min(every) / 1.15, max(every) * 1.15
    choices = [
        [at for at in _round_numbers(low, high, steps) if low <= at <= high]
        for steps in (_FINE, _STEPS, _COARSE, (1,))
    ]
    ticks = [[(at, f"{at:,g}") for at in one] for one in choices]
    fitting = (one for one in ticks if _fit(one, log(high / low)))
    return Axis(label, low, high, next(fitting, ticks[-1]), log=True)


def _fit(ticks: Sequence[tuple[float, str]], length: float) -> bool:
    """Is there room for the words at each, on a logarithmic axis of this ``length``?"""
    return len(ticks) <= _MOST_TICKS and all(
        _ACROSS * log(after / before) / length > (len(left) + len(right)) / 2 + 1
        for (before, left), (after, right) in pairwise(ticks)
    )


def _round_numbers(low: float, high: float, steps: Sequence[float]) -> Iterator[float]:
    for power in range(floor(log10(low)), ceil(log10(high)) + 1):
        for step in steps:
            yield float(f"{step}e{power}")


def from_zero(label: str, values: Iterable[float]) -> Axis:
    """A linear axis from 0 to a round number above all values."""
    most = max(values) or 1
    step = next(at for at in _round_numbers(most / 10, most, _STEPS) if at * 6 >= most)
    count = ceil(most * 1.02 / step)
    decimals = max(0, -floor(log10(step)))
    ticks = [(step * at, f"{step * at:,.{decimals}f}") for at in range(count + 1)]
    return Axis(label, 0, step * count, ticks)


def percent_axis(label: str, values: Iterable[float]) -> Axis:
    """A linear axis of shares from 0 to a round percentage above all values, or to all."""
    found = from_zero(label, values)
    ticks = [(at, f"{round(100 * at, 6):g}%") for at, _ in found.ticks if at <= 1]
    return replace(found, high=min(found.high, 1), ticks=ticks)
