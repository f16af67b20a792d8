"""How much higher a rate of misses has to be, before so many phases show it."""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.replay.metrics import Floats

POWER: Final = 0.8
"""How often a rise is to be seen."""
SEEN_BELOW: Final = 0.05
"""A rise is seen where chance alone makes so many misses, or more, no more often."""


def smallest_rise(rate: float, phases: int) -> float | None:
    """How much more than ``rate`` is seen four times in five; ``None`` where nothing is.

    A one-sided exact binomial test at 5 % with ``phases`` units, each missed as a whole or not.
    """
    counts = np.arange(phases + 1)
    ways = np.append(0.0, np.cumsum(np.log((phases - counts[:-1]) / counts[1:])))

    def at_least(share: float) -> Floats:
        """The probability of so many misses, or more."""
        if not 0 < share < 1:
            return (counts <= share * phases).astype(np.float64)
        logs = ways + counts * np.log(share) + (phases - counts) * np.log1p(-share)
        return np.cumsum(np.exp(logs)[::-1])[::-1]

    enough = np.flatnonzero(at_least(rate) <= SEEN_BELOW)
    if not len(enough):
        return None
    low, high = rate, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if at_least(middle)[enough[0]] >= POWER else (middle, high)
    return round(high - rate, 6)
