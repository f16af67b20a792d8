"""Ends and ticks of axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor, log10
from typing import Final

from coefgate.reports.chart import Axis

_STEPS: Final = (1, 2, 5)
_FINE: Final = (1, 1.5, 2, 3, 5, 7)
_MOST_TICKS: Final = 9


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
        for steps in (_FINE, _STEPS, (1,))
    ]
    ticks = next((one for one in choices if len(one) <= _MOST_TICKS), choices[-1])
    return Axis(label, low, high, [(at, f"{at:,g}") for at in ticks], log=True)


def _round_numbers(low: float, high: float, steps: Sequence[float]) -> Iterator[float]:
    for power in range(floor(log10(low)), ceil(log10(high)) + 1):
        for step in steps:
            yield float(f"{step}e{power}")


def from_zero(label: str, values: Iterable[float]) -> Axis:
    """A linear axis from 0 to a round number above all values."""
    most = max(values)
    step = next(at for at in _round_numbers(most / 10, most, _STEPS) if at * 6 >= most)
    count = ceil(most * 1.02 / step)
    decimals = max(0, -floor(log10(step)))
    ticks = [(step * at, f"{step * at:.{decimals}f}") for at in range(count + 1)]
    return Axis(label, 0, step * count, ticks)
