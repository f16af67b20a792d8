"""The figures of the procedure and of what it has to beat, on calls known and unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from coefgate.calibration.baseline_figures import Baselines
from coefgate.calibration.leave_out import MOST_FOLDS, NO_CALLS, UNITS, Unit, one_alone
from coefgate.calibration.nested import nested_predictions
from coefgate.calibration.predictor_figures import PredictorFigures, Seen, predictor_figures
from coefgate.calibration.procedure import Procedure
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients

TOO_MANY: Final = f"left out with more than {MOST_FOLDS} phases, as each pair would need a fit"


def unseen_units(procedure: Procedure, unit: Unit) -> str:
    """Why calls say nothing of another phase, or run; empty where they do."""
    if not len(procedure.evidence.samples):
        return NO_CALLS
    return one_alone(procedure.without(unit).fold, unit)


def columns(today: Coefficients, procedure: Procedure) -> Iterator[PredictorFigures]:
    """Every column, one after the other; ``today``: the registry as it stands."""
    evidence = procedure.evidence
    predicted = evidence.calls(table_of(today)).predicted
    yield predictor_figures(evidence, "registry", "as-is", predicted)
    predicted = evidence.calls(table_of(procedure.proposed)).predicted
    yield predictor_figures(evidence, "procedure", "fitted", predicted)
    yield from (_unseen(procedure, unit) for unit in UNITS)
    yield from (_nested(procedure, unit) for unit in UNITS)
    everyone = np.ones(len(evidence.samples), dtype=np.bool_)
    yield from Baselines(evidence, procedure.registry, procedure.tuning, everyone).figures


def _unseen(procedure: Procedure, unit: Unit) -> PredictorFigures:
    reason = unseen_units(procedure, unit)
    found = None if reason else procedure.unseen(unit)
    seen: Seen = "unseen-phase" if unit == "phase" else "unseen-run"
    return predictor_figures(procedure.evidence, "procedure", seen, found, reason)


def _nested(procedure: Procedure, unit: Unit) -> PredictorFigures:
    reason = unseen_units(procedure, unit) or _leaves_one_phase(procedure, unit)
    found = None if reason else nested_predictions(procedure, unit)
    seen: Seen = "nested-phase" if unit == "phase" else "nested-run"
    return predictor_figures(procedure.evidence, "procedure", seen, found, reason or TOO_MANY)


def _leaves_one_phase(procedure: Procedure, unit: Unit) -> str:
    """Why no margin can be chosen without some phase, or run; empty where one can."""
    phase, fold = procedure.evidence.phase, procedure.without(unit).fold
    if procedure.margins.unmeasured or procedure.tuning.margins == "adaptive":
        return ""
    if all(len(np.unique(phase[fold != at])) > 1 for at in np.unique(fold)):
        return ""
    return f"without some {unit} all calls are of one phase, which measures no margin"
