"""How far calls lie from their typical need: the distribution that simulated calls are drawn from.

All figures are of ln(need ÷ typical need): 0.1 is about a tenth more.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from math import exp, isfinite, sqrt
from typing import Final

import numpy as np
from scipy.special import ndtr, stdtr

from coefgate.replay.metrics import Floats

_NODES: Final = 64
"""Points at which the effect of a phase and a run is weighed: shares to about a billionth."""
_HALVINGS: Final = 80
_WIDEST: Final = 64.0
"""Standard deviations within which quantiles are looked for."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What a call needs beside its typical need: the sum of three independent effects.

    ``scatter``: the standard deviation among calls of one phase. ``tail``: degrees of freedom of a
    Student t instead of the normal, above 2; the standard deviation stays. ``phase_effect``
    and ``run_effect``: standard deviations of what all calls of a phase, and of a run, share; both
    are normal. Raises ``ValueError`` for other numbers.
    """

    scatter: float
    tail: float | None = None
    phase_effect: float = 0.0
    run_effect: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        for name in (one.name for one in fields(self) if one.name != "tail"):
            number = getattr(self, name)
            if not (isfinite(number) and 0 <= number <= 10):
                raise ValueError(f"{name} is {number}; a standard deviation is between 0 and 10")
        if self.tail is not None and not (isfinite(self.tail) and self.tail > 2):
            least = "a Student t has a standard deviation above 2 degrees of freedom"
            raise ValueError(f"tail is {self.tail}; {least}")

    def of_calls(self, random: np.random.RandomState, count: int) -> Floats:
        """What so many calls have of their own."""
        if self.tail is None:
            return self.scatter * random.standard_normal(count)
        return self._scale * random.standard_t(self.tail, count)

    @property
    def _scale(self) -> float:
        return self.scatter if self.tail is None else self.scatter * sqrt(1 - 2 / self.tail)

    def share_below(self, value: float) -> float:
        """The share of calls of new phases and runs whose effects sum up to at most ``value``."""
        shared = sqrt(self.phase_effect**2 + self.run_effect**2)
        if self.tail is None or not self.scatter:
            return _normal_share(value, sqrt(self.scatter**2 + shared**2))
        nodes, weights = _points()
        shares = stdtr(self.tail, (value - shared * nodes) / self._scale)
        return float(weights @ shares / weights.sum())

    def factor(self, share: float) -> float:
        """The factor on the typical need within which this share of unseen calls stays."""
        wide = self.scatter + self.phase_effect + self.run_effect
        low, high = -_WIDEST * wide, _WIDEST * wide
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self.share_below(middle) >= share else (middle, high)
        return exp(high)


@cache
def _points() -> tuple[Floats, Floats]:
    return np.polynomial.hermite_e.hermegauss(_NODES)


def _normal_share(value: float, deviation: float) -> float:
    if not deviation:
        return float(value >= 0)
    return float(ndtr(value / deviation))
