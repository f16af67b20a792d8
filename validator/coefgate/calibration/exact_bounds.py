"""How many phases narrow down a rate of misses: exact binomial bounds, a phase missed as a whole.

Source: Clopper and Pearson, The Use of Confidence or Fiducial Limits (1934).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np
from scipy.special import betaincinv

from coefgate.replay.metrics import Booleans, Floats, Integers

ONE_SIDED: Final = 0.95
TWO_SIDED: Final = 0.975
"""How sure each end of a 95% interval is."""
MOST: Final = 10_000
"""So many more phases are looked at."""
_NOISE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class SeenRate:
    """What ``phases`` showed: the ``rate`` of misses; the rate ``ahead`` that more of them have.

    ``ahead`` is ``None`` where nothing is known of it.
    """

    phases: int
    rate: Fraction
    ahead: Fraction | None

    @property
    def misses(self) -> int:
        """Phases that were missed, rounded up."""
        return ceil(self.rate * self.phases)


@dataclass(frozen=True, slots=True)
class MorePhases:
    """So many more phases are enough: if none of them is missed, or as many as before.

    ``None``: no number up to ``MOST`` is, or nobody knows how many are missed.
    """

    without_miss: int | None
    at_rate: int | None


def highest(misses: Integers, phases: Integers, sure: float = ONE_SIDED) -> Floats:
    """The upper bound of the rate that so many ``misses`` among ``phases`` allow."""
    some = np.minimum(misses, phases - 1)
    found: Floats = np.where(
        misses < phases, betaincinv(some + 1, np.maximum(phases - some, 1), sure), 1.0
    )
    return found


def lowest(misses: Integers, phases: Integers, sure: float = ONE_SIDED) -> Floats:
    """The lower bound: what is left above the upper bound of the phases that were not missed."""
    found: Floats = 1.0 - highest(phases - misses, phases, sure)
    return found


def until_below(limit: Fraction, seen: SeenRate) -> MorePhases:
    """How many more phases until they show that the rate is below ``limit``, one-sided at 95%."""
    return _until(seen, lambda misses, phases: highest(misses, phases) < float(limit))


def until_narrow(width: Fraction, seen: SeenRate) -> MorePhases:
    """How many more phases until the 95% interval of the rate is no wider than ``width``."""

    def narrow(misses: Integers, phases: Integers) -> Booleans:
        ends = highest(misses, phases, TWO_SIDED), lowest(misses, phases, TWO_SIDED)
        found: Booleans = ends[0] - ends[1] <= float(width)
        return found

    return _until(seen, narrow)


def _until(seen: SeenRate, enough: Callable[[Integers, Integers], Booleans]) -> MorePhases:
    more = np.arange(MOST + 1)
    # Nothing is shown by no phase at all.
    more = more[more + seen.phases > 0]

    def fewest(rate: Fraction) -> int | None:
        missed = np.ceil(float(rate) * more - _NOISE).astype(np.int64)
        reached = np.flatnonzero(enough(seen.misses + missed, seen.phases + more))
        return int(more[reached[0]]) if len(reached) else None

    return MorePhases(fewest(Fraction(0)), None if seen.ahead is None else fewest(seen.ahead))
