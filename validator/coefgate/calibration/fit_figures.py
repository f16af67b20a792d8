"""The figures of the procedure and of what it has to beat, on calls known and unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from coefgate.calibration.baselines import (
    Predictions,
    category_p95,
    constant,
    left_out,
    published,
)
from coefgate.calibration.leave_out import MOST_FOLDS, Unit
from coefgate.calibration.nested import nested_predictions
from coefgate.calibration.procedure import Procedure
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.replay.metrics import Calls, Integers, Metrics, metrics
from coefgate.replay.spread import losses, residuals, spread

FitPredictor = Literal["registry", "procedure", "constant", "category-p95", "published"]
"""Whose predictions: today's registry, the procedure, one number for all calls, the 95th
percentile of each category × 1.15, the numbers as published."""
Seen = Literal["as-is", "fitted", "unseen-phase", "unseen-run", "nested-phase", "nested-run"]
"""``as-is``: nothing is fitted here. ``fitted``: on these calls. ``unseen-…``: without the phase,
or run, of each call, at the margin that all calls give; ``nested-…``: at one that is chosen
without it as well."""
_UNITS: Final[tuple[Unit, ...]] = ("phase", "run")
ONE_RUN: Final = "all calls are of one run"
ONE_PHASE: Final = "all calls are of one phase"
NO_CALLS: Final = "no scored call is stored"
TOO_MANY: Final = f"left out with more than {MOST_FOLDS} phases, as each pair would be a fit"
TOO_MANY_CUT_OFF: Final = "too many of the largest calls were cut off to measure the level"
NO_MARGIN: Final = "tuning.yaml states no prior.margin that was published with the priors"


@dataclass(frozen=True)
class FitFigures:
    """The calls as one predictor predicts them; ``reason``: why there are no ``calls``."""

    predictor: FitPredictor
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


def unseen_units(procedure: Procedure, unit: Unit) -> str:
    """Why calls say nothing of another phase, or run; empty where they do."""
    if not len(procedure.evidence.samples):
        return NO_CALLS
    one = ONE_PHASE if unit == "phase" else ONE_RUN
    return one if int(procedure.without(unit).fold.max()) == 0 else ""


def columns(today: Coefficients, procedure: Procedure) -> Iterator[FitFigures]:
    """Every column, one after the other; ``today``: the registry as it stands."""
    evidence = procedure.evidence
    table = table_of(today)
    yield _column(procedure, "registry", "as-is", evidence.calls(table).predicted)
    proposed = evidence.calls(table_of(procedure.proposed)).predicted
    yield _column(procedure, "procedure", "fitted", proposed)
    yield from (_unseen(procedure, unit) for unit in _UNITS)
    yield from (_nested(procedure, unit) for unit in _UNITS)
    yield from _baseline(procedure, "constant", constant(procedure))
    yield from _baseline(procedure, "category-p95", category_p95(procedure))
    found = published(procedure)
    yield _column(procedure, "published", "as-is", found, NO_MARGIN)


def _unseen(procedure: Procedure, unit: Unit) -> FitFigures:
    reason = unseen_units(procedure, unit)
    seen: Seen = "unseen-phase" if unit == "phase" else "unseen-run"
    found = None if reason else procedure.unseen(unit)
    return _column(procedure, "procedure", seen, found, reason)


def _nested(procedure: Procedure, unit: Unit) -> FitFigures:
    reason = unseen_units(procedure, unit)
    found = None if reason else nested_predictions(procedure, unit)
    seen: Seen = "nested-phase" if unit == "phase" else "nested-run"
    return _column(procedure, "procedure", seen, found, reason or TOO_MANY)


def _baseline(
    procedure: Procedure, name: FitPredictor, predictions: Predictions
) -> Iterator[FitFigures]:
    known = procedure.fitted_on
    yield _column(procedure, name, "fitted", predictions(known), TOO_MANY_CUT_OFF)
    for unit in _UNITS:
        reason = unseen_units(procedure, unit)
        seen: Seen = "unseen-phase" if unit == "phase" else "unseen-run"
        found = None
        if not reason:
            found = left_out(predictions, procedure.without(unit).fold, known)
        yield _column(procedure, name, seen, found, reason or TOO_MANY_CUT_OFF)


def _column(
    procedure: Procedure,
    predictor: FitPredictor,
    seen: Seen,
    predicted: Integers | None,
    reason: str = "",
) -> FitFigures:
    evidence = procedure.evidence
    if not len(evidence.samples):
        return FitFigures(predictor, seen, None, NO_CALLS)
    if predicted is None:
        return FitFigures(predictor, seen, None, reason)
    if not np.asarray(~evidence.censored).any():
        return FitFigures(predictor, seen, None, "every call was cut off")
    return FitFigures(predictor, seen, evidence.as_predicted(predicted))
