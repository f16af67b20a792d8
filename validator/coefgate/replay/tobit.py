"""The standard deviation of needs of which some are only known to be at least so much.

Source: Tobin, Estimation of Relationships for Limited Dependent Variables (1958). The likelihood
is concave in one and in the mean, each over the deviation (Olsen, 1978), so steps of Newton find
its maximum.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Floats
from coefgate.replay.normal_tail import hazard, log_tail

_STEPS: Final = 100
"""Of Newton at most; ten are usual."""
_CLOSE: Final = 1e-10
"""A relative step that moves nothing any more, and a deviation that is none."""


def tobit_deviation(values: Floats, censored: Booleans) -> float | None:
    """By maximum likelihood, for normal values; of ``censored`` ones it is known "at least".

    To 10^-6. ``None`` with less than two complete values.
    """
    complete, at_least = values[~censored], values[censored]
    if len(complete) < 2:
        return None
    mean, deviation = float(complete.mean()), float(complete.std())
    if deviation < _CLOSE and not (at_least > mean + _CLOSE).any():
        return 0.0
    # In units around the complete ones, so that the first step is never far off.
    scale = max(deviation, float(np.abs(at_least - mean).max(initial=0.0)) / 10)
    y, c = (complete - mean) / scale, (at_least - mean) / scale
    theta, gamma = 1.0, 0.0
    for _ in range(_STEPS):
        step = _newton(y, c, theta, gamma)
        size = _size(y, c, (theta, gamma), step)
        theta, gamma = theta + size * step[0], gamma + size * step[1]
        if size * max(abs(step[0]) / theta, abs(step[1])) < _CLOSE:
            break
    return round(scale / theta, 6)


def _size(y: Floats, c: Floats, at: tuple[float, float], step: tuple[float, float]) -> float:
    """The largest part of a step, of 1, 1/2, 1/4 …, that loses nothing; 0 where all do."""
    best, size = _likelihood(y, c, *at), 1.0
    while size > _CLOSE:
        theta, gamma = at[0] + size * step[0], at[1] + size * step[1]
        if theta > 0 and _likelihood(y, c, theta, gamma) >= best:
            return size
        size /= 2
    return 0.0


def _likelihood(y: Floats, c: Floats, theta: float, gamma: float) -> float:
    whole = len(y) * math.log(theta) - ((theta * y - gamma) ** 2).sum() / 2
    return float(whole) + float(log_tail(theta * c - gamma).sum())


def _newton(y: Floats, c: Floats, theta: float, gamma: float) -> tuple[float, float]:
    """The step in one and in the mean, each over the deviation."""
    error, beyond = theta * y - gamma, theta * c - gamma
    rate = hazard(beyond)
    bend = rate * (rate - beyond)
    slope = np.array(
        [len(y) / theta - (error * y).sum() - (rate * c).sum(), error.sum() + rate.sum()]
    )
    across = y.sum() + (bend * c).sum()
    curve = np.array(
        [
            [len(y) / theta**2 + (y * y).sum() + (bend * c * c).sum(), -across],
            [-across, len(y) + bend.sum()],
        ]
    )
    found = np.linalg.solve(curve, slope)
    return float(found[0]), float(found[1])
