"""The figures of calls as one predictor predicts them, and which of them it had seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from coefgate.calibration.leave_out import NO_CALLS
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Calls, Integers, Metrics, metrics
from coefgate.replay.spread import losses, residuals, spread

PredictorName = Literal["registry", "procedure", "constant", "category-p95", "published"]
"""Whose predictions: today's registry, the procedure, one number for all calls, the 95th
percentile of each category × 1.15, the numbers as published."""
Seen = Literal["as-is", "fitted", "unseen-phase", "unseen-run", "nested-phase", "nested-run"]
"""``as-is``: nothing is fitted here. ``fitted``: on these calls. ``unseen-…``: without the phase,
or run, of each call, at the margin that all calls give; ``nested-…``: at one that is chosen
without it as well."""
ALL_CUT_OFF: Final = "every call was cut off"


@dataclass(frozen=True)
class PredictorFigures:
    """The calls as one predictor predicts them; ``reason``: why there are no ``calls``."""

    predictor: PredictorName
    seen: Seen
    calls: Calls | None
    reason: str = ""

    @cached_property
    def metrics(self) -> Metrics | None:
        """Its figures; ``None`` where no call is complete."""
        return None if self.calls is None else metrics(self.calls)

    @cached_property
    def spread(self) -> float | None:
        """How well calls are told apart, whatever margin is put on all of them."""
        return None if self.calls is None else spread(self.calls)

    @cached_property
    def loss(self) -> float | None:
        """The mean pinball loss at 0.9 as it is, at its own margin."""
        return None if self.calls is None else mean_loss(self.calls)


def mean_loss(calls: Calls) -> float | None:
    """The mean pinball loss at 0.9 of ln(actual ÷ predicted); ``None`` if none is complete."""
    if calls.censored.all():
        return None
    return round(float(losses(residuals(calls), calls.censored).mean()), 6)


def predictor_figures(
    evidence: Evidence,
    predictor: PredictorName,
    seen: Seen,
    predicted: Integers | None,
    reason: str = "",
    *,
    rows: Booleans | None = None,
) -> PredictorFigures:
    """Those of the calls at ``rows``, all unless given; ``reason``: why nothing is predicted."""
    if predicted is not None and len(predicted):
        calls = evidence.as_predicted(predicted)
        shown = calls if rows is None else calls.where(rows)
        if not shown.censored.all():
            return PredictorFigures(predictor, seen, shown)
        reason = ALL_CUT_OFF
    return PredictorFigures(predictor, seen, None, reason if len(evidence.samples) else NO_CALLS)
