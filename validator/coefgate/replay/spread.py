"""Spread: how well predictions tell calls apart, whatever margin is put on all of them.

The mean pinball loss at 0.9 of ln(actual ÷ predicted) after the best single factor: to need more
than that costs nine times what it costs to need less. A call that was cut off costs only while it
had reached more.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Calls, Floats

SHARE: Final = 0.9
_DECIMALS: Final = 6
"""Of a figure: what lies behind may differ from one machine to another."""


def residuals(calls: Calls) -> Floats:
    """ln(actual ÷ predicted) of each call; 0 tokens count as one."""
    actual, predicted = (np.maximum(one, 1) for one in (calls.actual, calls.predicted))
    found: Floats = np.log(actual) - np.log(predicted)
    return found


def losses(residual: Floats, censored: Booleans) -> Floats:
    """What each call costs."""
    more = np.maximum(SHARE * residual, 0)
    return np.where(censored, more, np.maximum(more, (SHARE - 1) * residual))


def best_shift(residual: Floats, censored: Booleans) -> float:
    """The logarithm of the best single factor: one of the residuals.

    The mean loss is convex and bends at residuals alone. It falls while more than one call in ten
    of the complete ones lies above, or of those cut off as well.
    """
    order = np.argsort(residual, kind="stable")
    # To the right of the k-th residual the slope is (1 - SHARE) for each complete call below, and
    # -SHARE for every call above.
    below = np.cumsum(~censored[order])
    above = np.arange(len(order) - 1, -1, -1)
    slope = (1 - SHARE) * below - SHARE * above
    at = int(np.argmax(slope >= -1e-9))
    return float(residual[order][at])


def spread_losses(calls: Calls) -> Floats:
    """What each call costs after the best single factor for all of them."""
    residual = residuals(calls)
    if not len(residual):
        return residual
    return losses(residual - best_shift(residual, calls.censored), calls.censored)


def spread(calls: Calls) -> float | None:
    """The mean of these costs; ``None`` where no call was complete."""
    if not (~calls.censored).any():
        return None
    return round(float(spread_losses(calls).mean()), _DECIMALS)
