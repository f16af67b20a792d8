"""Scored calls as a registry's procedure predicts them when it does not know them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from coefgate.calibration.design import fitted_keys
from coefgate.calibration.fitting import Fitting
from coefgate.calibration.intervals import NotMeasurable, measure_intervals
from coefgate.calibration.leave_out import Unit
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.residuals import Residuals, residuals_of
from coefgate.core.table import Table
from coefgate.registry.compilation import table_of
from coefgate.registry.intervals import Intervals
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import StoredWhenSet
from coefgate.replay.evidence import Evidence, shape_of
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Booleans, Calls
from coefgate.replay.scores import Unseen
from coefgate.replay.uses import Uses


def never_set(_: Mapping[Key, Fraction]) -> Mapping[Key, Collection[str] | None]:
    """All of them were there from the start."""
    return {}


@dataclass(frozen=True, eq=False)
class UnseenCalls:
    """The calls of an evidence, each predicted by fits that do not know its phase, or its run.

    ``has``: which calls have such a prediction; those that use a number which was changed by hand
    after they were stored have none. ``margins``: instead of the registry's.
    """

    procedure: Procedure
    has: Booleans
    margins: Mapping[Key, Fraction] = field(default_factory=dict)

    @cached_property
    def phase(self) -> Calls | None:
        """The calls as predicted without their phase; ``None`` where there is one phase alone."""
        return self._predicted("phase")

    @cached_property
    def run(self) -> Calls | None:
        """The calls as predicted without their run; ``None`` where there is one run alone."""
        return self._predicted("run")

    @cached_property
    def figures(self) -> Unseen:
        """What those measure that have such a prediction."""
        phase, run = (
            None if calls is None else Figures.of(calls.where(self.has))
            for calls in (self.phase, self.run)
        )
        sides = {"phase": phase, "run": run}
        reasons = {unit: f"all calls are of one {unit}" for unit, one in sides.items() if not one}
        return Unseen(phase, run, self.has, reasons)

    @cached_property
    def intervals(self) -> Intervals | NotMeasurable:
        """Quantiles of actual ÷ predicted of these calls."""
        return measure_intervals(self.residuals)

    @cached_property
    def residuals(self) -> Residuals:
        """Those of the calls that are fitted on, each predicted without its phase.

        A call for which nothing is predicted counts as if it were a token.
        """
        procedure = self.procedure
        predicted = np.maximum(
            procedure.predicted(procedure.without("phase"), margins=self.margins), 1
        )
        found = residuals_of(procedure.evidence, predicted, table_of(procedure.registry))
        return found.where(self.has & procedure.fitted_on)

    def _predicted(self, unit: Unit) -> Calls | None:
        procedure = self.procedure
        left_out = procedure.without(unit)
        if len(left_out.fits.numbers) < 2:
            return None
        found = procedure.predicted(left_out, margins=self.margins)
        return procedure.evidence.as_predicted(found)


def has_unseen(
    registry: Coefficients,
    evidence: Evidence,
    uses: Uses,
    set_by_hand: StoredWhenSet,
    priors: Collection[Key] = (),
) -> Booleans:
    """Which calls use no number that was changed by hand after they were stored.

    ``priors``: fitted numbers whose prior was.
    """
    by_hand = {
        key: value.number
        for key, value in registry.numbers.items()
        if value.basis.kind != "fit" and uses.of(key).any()
    }
    has: Booleans = ~uses.any_of(priors)
    for key, stored in (set_by_hand(by_hand) if by_hand else {}).items():
        known = True if stored is None else ~evidence.new_to(stored)
        has &= ~(uses.of(key) & known)
    return has


class UnseenReader:
    """Unseen predictions of one evidence by several registries.

    Under ``tuning.ema`` they start from the priors: a number that was accepted may know the call.

    Fits that were made once serve every registry which a fit cannot tell from the first, and what
    was predicted and measured with them every one with the same numbers beside the fitted ones.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._known: dict[object, Fitting] = {}
        self._calls: dict[object, UnseenCalls] = {}

    def of(
        self,
        registry: Coefficients,
        table: Table,
        set_by_hand: StoredWhenSet = never_set,
        priors: Collection[Key] = (),
    ) -> UnseenCalls | None:
        """Those by this registry; ``None`` where it has no procedure, or there is no call.

        ``priors``: fitted numbers whose prior was changed after the calls were stored.
        """
        tuning, evidence = registry.tuning, self._evidence
        if tuning is None or not len(evidence.samples):
            return None
        uses = Uses(evidence.counts(table), registry, table)
        fitted = fitted_keys(registry)
        held = [
            (key, value.number)
            for key, value in registry.numbers.items()
            if key.part != "margin" and key not in fitted and uses.of(key).any()
        ]
        again = [(key, registry.numbers[key].number) for key in fitted if key.part == "retry"]
        of_attempts = (tuning.level, *again) if again else ()  # these cover the level themselves
        alike = tuning.fits_by, shape_of(table), fitted, tuple(held), of_attempts
        made = self._known.setdefault(alike, Fitting(registry, evidence, tuning))
        procedure = Procedure(registry, evidence, tuning, made=made)
        has = has_unseen(registry, evidence, uses, set_by_hand, priors)
        same = alike, tuning.gives_by, procedure.beside_fits, has.tobytes()
        return self._calls.setdefault(same, UnseenCalls(procedure, has))
