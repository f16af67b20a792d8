"""How sure a figure is of calls that come in phases: its interval, and whether chance explains it.

Calls of one phase resemble each other, so many of them say as much as fewer that do not. How much
fewer is Kish's design effect: how the hits of whole phases scatter, against how single calls
would. Where no call, or every one, is a hit, nothing scatters, and a phase counts as one call.
Sources: Kish, Survey Sampling (1965), and Rao and Scott, A Simple Method for the Analysis of
Clustered Binary Data (1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from coefgate.replay.metrics import Booleans, Floats
from coefgate.telemetry.call_table import UNKNOWN, Codes

_TAIL: Final = 0.025
"""Outside each end of a 95% interval."""


@dataclass(frozen=True, slots=True)
class CountedRate:
    """``hits`` among ``calls``; they say as much as ``effective`` calls that are independent.

    Hits are an estimate where some calls are not decided, so they need not be whole.
    """

    calls: int
    hits: float
    effective: float

    @property
    def rate(self) -> float:
        """The share of hits; NaN of no calls."""
        return self.hits / self.calls if self.calls else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval: exact bounds (Clopper and Pearson) of as many calls as they are worth.

        Of no calls, everything.
        """
        hits = self.rate * self.effective
        others = self.effective - hits
        low = float(betaincinv(hits, others + 1, _TAIL)) if self.hits else 0.0
        high = float(betaincinv(hits + 1, others, 1 - _TAIL)) if self.hits < self.calls else 1.0
        return low, high

    def chance_of(self, limit: float) -> float:
        """How likely so many hits, or more, are where the true rate is ``limit``."""
        if not self.hits or limit >= 1:
            return 1.0
        hits = self.rate * self.effective
        return float(betainc(hits, self.effective - hits + 1, limit))


def counted_rate(hit: Booleans, phase: Codes) -> CountedRate:
    """The rate of hits among calls; ``phase``: a number of each, below 0 where nobody knows."""
    calls, hits = len(hit), int(np.count_nonzero(hit))
    if not calls:
        return CountedRate(0, 0, 0.0)
    sizes, hits_of = _by_phase(hit, phase)
    phases, rate = len(sizes), hits / calls
    if hits in {0, calls} or phases == 1:
        return CountedRate(calls, hits, float(phases))
    scatter = float(((hits_of - rate * sizes) ** 2).sum()) * phases / (phases - 1)
    effect = max(1.0, scatter / (calls * rate * (1 - rate)))
    return CountedRate(calls, hits, calls / effect)


@dataclass(frozen=True, slots=True)
class CountedMean:
    """The mean of a figure, and its standard error over phases; that of one phase is infinite."""

    mean: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval, by the normal distribution."""
        reach = float(ndtri(1 - _TAIL)) * self.error
        return self.mean - reach, self.mean + reach

    def chance_of(self, limit: float) -> float:
        """How likely a mean so high, or higher, is where the true one is ``limit``."""
        if self.error == 0:
            return float(self.mean <= limit)
        return float(ndtr((limit - self.mean) / self.error))


def counted_mean(figure: Floats, phase: Codes) -> CountedMean:
    """The mean of calls, of which there is one at least."""
    mean = float(figure.mean())
    sizes, totals = _by_phase(figure, phase)
    phases = len(sizes)
    if phases == 1:
        return CountedMean(mean, float("inf"))
    scatter = float(((totals - mean * sizes) ** 2).sum()) * phases / (phases - 1)
    return CountedMean(mean, float(np.sqrt(scatter)) / len(figure))


def _by_phase(hit: Booleans | Floats, phase: Codes) -> tuple[Floats, Floats]:
    """The calls of each phase, and the sum over them; a call of none is a phase of its own."""
    alone = phase == UNKNOWN
    counted = np.bincount(phase[~alone])
    some = counted > 0
    hits = np.bincount(phase[~alone], weights=hit[~alone], minlength=len(counted))
    ones = np.ones(int(np.count_nonzero(alone)))
    return np.concatenate((counted[some], ones)), np.concatenate((hits[some], hit[alone]))


def holm(chances: Sequence[float]) -> list[float]:
    """The same chances, corrected for so many questions at once (Holm, 1979).

    Where each question's answer is no, some corrected chance is below ``p`` at most with chance
    ``p``, however they depend on each other.
    """
    found, highest = [1.0] * len(chances), 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[at]))
        found[at] = highest
    return found
