"""Fits to the calls that ``tuning.yaml`` names: to all of them, and without each phase or run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from coefgate.calibration.design import Design, design_of
from coefgate.calibration.fit import Fits, fit
from coefgate.calibration.leave_out import Unit, fitted_on, folds, without_each
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Indices, Integers


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Fits without some of the calls: the fold of each call, and the fit without each fold."""

    fold: Indices
    fits: Fits


@dataclass(frozen=True, eq=False)
class Fitting:
    """The fits to scored calls of ``evidence``, of the numbers of ``registry``.

    ``predicted``: what was predicted with them, by what it depends on, and with which of them.
    """

    registry: Coefficients
    evidence: Evidence
    tuning: Tuning
    predicted: dict[object, tuple[LeftOut, Integers]] = field(default_factory=dict)

    @cached_property
    def design(self) -> Design:
        """The calls and the numbers as matrices."""
        return design_of(self.evidence, self.registry, table_of(self.registry), self.tuning)

    @cached_property
    def fitted_on(self) -> Booleans:
        """Which calls the numbers are fitted on."""
        return fitted_on(self.evidence, frozenset(self.tuning.samples))

    @cached_property
    def whole(self) -> Fits:
        """The fit to all of them."""
        return fit(self.design, self.fitted_on[None].astype(np.float64), self.tuning)

    @cached_property
    def without_phases(self) -> LeftOut:
        """The fits without each phase."""
        return self._without("phase")

    @cached_property
    def without_runs(self) -> LeftOut:
        """The fits without each run."""
        return self._without("run")

    def _without(self, unit: Unit) -> LeftOut:
        fold = folds(self.evidence.samples, unit)
        weights = without_each(fold) * self.fitted_on
        return LeftOut(fold, fit(self.design, weights, self.tuning, self.whole.effects[0]))
