"""The metrics of one set of calls with their intervals, which are drawn when somebody looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from coefgate.replay.intervals import Interval, intervals
from coefgate.replay.metrics import Calls, Metrics, metrics


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
    def intervals(self) -> Mapping[str, Interval | None]:
        """The interval of each metric; none where there are no metrics."""
        return {} if self.metrics is None else intervals(self.calls, self.metrics)
