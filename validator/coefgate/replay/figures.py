"""The metrics of one set of calls, with what they mean for others: intervals and stakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np

from coefgate.replay.intervals import ConfidenceInterval, intervals
from coefgate.replay.metrics import Calls, Metrics, metrics

PER: Final = 1000


@dataclass(frozen=True, slots=True)
class Stakes:
    """Per 1,000 calls like the eligible and censored ones.

    ``cut_off``: replies, at least and at most. ``reserved_unused_tokens``: of a censored call
    whose need stays open all above what it had reached.
    """

    cut_off: tuple[Fraction, Fraction]
    reserved_unused_tokens: Fraction


@dataclass(frozen=True)
class Figures:
    """``metrics`` is ``None`` where nothing is measurable. Equal metrics are equal figures."""

    metrics: Metrics | None
    calls: Calls = field(compare=False, repr=False)

    @classmethod
    def of(cls, calls: Calls) -> Figures:
        """Measure ``calls``."""
        return cls(metrics(calls), calls)

    @cached_property
    def intervals(self) -> Mapping[str, ConfidenceInterval | None]:
        """The interval of each metric; none where there are no metrics."""
        return {} if self.metrics is None else intervals(self.calls, self.metrics)

    @cached_property
    def stakes(self) -> Stakes | None:
        """What happened on these calls, scaled to 1,000; ``None`` where there are no metrics."""
        if self.metrics is None:
            return None
        unused = int(np.maximum(self.calls.predicted - self.calls.actual, 0).sum())
        rates = self.metrics.underestimation_rate, self.metrics.underestimation_upper
        return Stakes(
            (rates[0] * PER, rates[1] * PER),
            Fraction(unused * PER, self.metrics.samples + self.metrics.censored),
        )
