"""Kaplan–Meier: how the need of calls is distributed, some of which were cut off.

A call that was cut off says "at least" and leaves the risk set there (Kaplan and Meier, 1958).
Floats are compared to billionths, so that the same calls give the same answer everywhere.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Floats

PRECISION: Final = 1e-9
"""Shares that differ by less are equal, and so are residuals."""


def conformal_quantile(within: Floats, share: float, *, lower: bool = False) -> int | None:
    """Where the distribution ``within`` reaches a share, from above; ``lower``: from below.

    ``None`` where it does not: the share lies beyond the last call, or before the first.
    """
    if lower:
        at = int(np.searchsorted(within, share + PRECISION, side="right")) - 1
    else:
        at = int(np.searchsorted(within, share - PRECISION, side="left"))
    return at if 0 <= at < len(within) else None


def conformal_distribution(censored: Booleans) -> Floats:
    """Of calls in rising order: the share of unseen calls that need at most as much as each.

    One value for each call that was not cut off. The unseen call itself is one more, at infinity:
    of n calls none of which was cut off, the k-th has ``k / (n + 1)``, as in split conformal
    prediction.
    """
    at_risk = np.arange(len(censored) + 1, 1, -1)
    remaining: Floats = np.where(censored, 1.0, (at_risk - 1) / at_risk)
    within: Floats = 1.0 - np.cumprod(remaining, dtype=np.float64)[~censored]
    return within


def share_within(excess: Floats, censored: Booleans, *, equal: bool = True) -> float:
    """The share of calls whose need is at most its limit; without ``equal``, below it.

    ``excess``: of each call how far its need, or what it had reached, is above its own limit.
    """
    order = np.lexsort((censored, excess))
    at_risk = np.arange(len(excess), 0, -1)
    most = PRECISION if equal else -PRECISION
    counted = ~censored[order] & (excess[order] <= most)
    return 1.0 - float(np.prod(np.where(counted, (at_risk - 1) / at_risk, 1.0)))


def quantile(values: Floats, censored: Booleans, share: Fraction) -> float | None:
    """The value that this share of calls is at or below; ``None`` if none is known.

    Between the middles of two steps of the estimate it is interpolated (Hazen's rule): among few
    calls a step is wide, and one call more or less would decide between its ends. None is known
    where too many of the calls with large values were cut off.
    """
    order = np.lexsort((censored, values))
    at_risk = np.arange(len(values), 0, -1)
    within = 1.0 - np.cumprod(np.where(censored[order], 1.0, (at_risk - 1) / at_risk))
    steps = within[~censored[order]]
    if not len(steps) or steps[-1] < float(share) - PRECISION:
        return None
    middles = (steps + np.concatenate(([0.0], steps[:-1]))) / 2
    return float(np.interp(float(share), middles, values[order][~censored[order]]))
