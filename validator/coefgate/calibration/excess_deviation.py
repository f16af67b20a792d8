"""The standard deviation of needs beyond the error of what predicts them."""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Floats
from coefgate.replay.normal_tail import hazard

_STEPS: Final = 1000
_CLOSE: Final = 1e-9
"""Variances that differ by less are equal."""


def excess_deviation(residual: Floats, censored: Booleans, variance: Floats) -> float | None:
    """The deviation s of residuals that are normal, each with the variance s² + its ``variance``.

    By maximum likelihood, around one mean; of a ``censored`` one it is known "at least" (Tobit).
    To 10^-6; 0 where the variances explain all. ``None`` with less than two complete calls.
    """
    complete = residual[~censored]
    if len(complete) < 2:
        return None
    mean, squared = float(complete.mean()), float(complete.var())
    for _ in range(_STEPS):
        total = np.maximum(squared + variance, _CLOSE)
        value, error = _expected(residual, censored, mean, total)
        mean = float((value / total).sum() / (1 / total).sum())
        # Fisher's scoring, with what is expected of calls that were cut off in their place.
        step = float(((error - total) / total**2).sum() / (1 / total**2).sum())
        before, squared = squared, max(0.0, squared + step)
        if abs(squared - before) < _CLOSE:
            break
    return round(sqrt(squared), 6)


def _expected(
    residual: Floats, censored: Booleans, mean: float, total: Floats
) -> tuple[Floats, Floats]:
    """Each residual, and the square of its distance from the mean, as far as they are known."""
    deviation = np.sqrt(total)
    at = (residual - mean) / deviation
    rate = hazard(at)
    value = np.where(censored, mean + deviation * rate, residual)
    error = np.where(censored, total * (1 + at * rate), (residual - mean) ** 2)
    return value, error
