"""How far predictions lie from what fitted numbers would be if all calls there are were known.

Effects are taken to lie as the stated spreads say, and a fit to be linear close to its end. Then
the error of its effects is that of Bayes' posterior, which ridge regression gives (Lindley and
Smith, 1972), and larger where an effect of a cell with few calls is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coefgate.calibration.design import Design, design_of
from coefgate.calibration.movable import movable
from coefgate.calibration.procedure import Procedure
from coefgate.registry.compilation import table_of
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats, Indices
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited


class FitError:
    """The error of fits of a procedure to some of its calls.

    ``added``: eligible calls that it may be asked about besides, and is not fitted on. ``cell``
    and ``cells``: of all calls, those that were added last. ``design``: theirs, with an effect for
    each of their cells. ``weights``: how often each call counts in the fit to all.
    """

    def __init__(self, procedure: Procedure, added: Sequence[Sample] = ()) -> None:
        tuning, known = procedure.tuning, procedure.evidence.audited
        evidence = Evidence((*known, *(Audited(one, "eligible", "") for one in added)))
        registry = movable(procedure.registry, evidence, tuning).registry
        table = table_of(registry)
        self.design = design_of(evidence, registry, table, replace(tuning, cell_from=1))
        counts = evidence.counts(table)
        self.cell, self.cells = counts.cell, counts.cells
        fitted = dict(zip(procedure.design.effects, procedure.whole.effects[0], strict=True))
        effects = np.array([fitted.get(one, 0.0) for one in self.design.effects])
        self.slopes = _slopes(self.design, effects)
        self.weights = np.zeros(len(evidence.samples))
        self.weights[: len(known)] = procedure.fitted_on & self.design.known[: len(known)]
        self._scatter, self._cell_from = float(tuning.scatter), tuning.cell_from

    def told(self, weights: Floats) -> Floats:
        """What calls say of the effects (effects × effects): the sum of slopes × slopes."""
        rows = np.flatnonzero(weights)
        of_calls = self.slopes[rows]
        found: Floats = (of_calls * weights[rows, None]).T @ of_calls
        return found

    def free(self, weights: Floats) -> Booleans:
        """Which effects a fit has: none of a cell of which too few calls count."""
        calls = self.design.of_cell @ weights
        found: Booleans = ~self.design.of_cells | (calls >= self._cell_from)
        return found

    def covariance(self, told: Floats, free: Booleans) -> Floats:
        """The covariance of true − fitted effects; one that is not ``free`` is fitted as 0."""
        prior, kept = self.design.spreads**2, np.flatnonzero(free)
        precision = told / self._scatter**2
        among = precision[np.ix_(kept, kept)]
        inverse = np.linalg.inv(among + np.diag(1 / prior[kept]))
        left = np.eye(len(prior))
        left[kept] -= inverse @ precision[kept]
        found: Floats = (left * prior) @ left.T
        found[np.ix_(kept, kept)] += inverse @ among @ inverse
        return found

    def variances(self, weights: Floats, rows: Indices) -> Floats:
        """The variance of ln(base), true − fitted, of these calls by a fit with ``weights``."""
        covariance = self.covariance(self.told(weights), self.free(weights))
        of_calls = self.slopes[rows]
        found: Floats = ((of_calls @ covariance) * of_calls).sum(axis=1)
        return found


def _slopes(design: Design, effects: Floats) -> Floats:
    """By how much ln(base) of each call rises with each effect (calls × effects)."""
    numbers = design.prior * np.exp(design.shares @ effects)
    sums = np.maximum(design.uses @ numbers + design.held, np.finfo(np.float64).tiny)
    found: Floats = (design.uses * numbers) @ design.shares / sums[:, None] + design.logs
    return found
