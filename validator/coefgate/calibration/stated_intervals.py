"""The intervals that a registry may state: of unseen phases, at the margins that a fit gives."""

from __future__ import annotations

import numpy as np

from coefgate.calibration.fit_figures import unseen
from coefgate.calibration.intervals import MeasuredIntervals, NotMeasurable, measure_intervals
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.residuals import residuals_of
from coefgate.registry.compilation import table_of


def stated_intervals(procedure: Procedure) -> MeasuredIntervals | NotMeasurable:
    """Quantiles of actual ÷ predicted, each call predicted by the fit without its phase.

    A call for which nothing is predicted counts as if it were a token.
    """
    predicted = np.maximum(unseen(procedure, "phase"), 1)
    table = table_of(procedure.proposed)
    return measure_intervals(residuals_of(procedure.evidence, predicted, table))
