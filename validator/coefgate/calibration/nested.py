"""Predictions of calls that neither the fit nor the margin knew.

The margin of the procedure comes from all calls, so figures at it still flatter. Here each phase,
or run, is left out of everything: its margin is chosen anew from fits without it and a phase more.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.calibration.fit import fit
from coefgate.calibration.leave_out import MOST_FOLDS, Unit
from coefgate.calibration.margins import fitted_margins, margins_of
from coefgate.calibration.procedure import Procedure
from coefgate.core.counting import counted
from coefgate.registry.numbers import one_margin
from coefgate.replay.metrics import Booleans, Floats, Integers
from coefgate.replay.spread import log_needs

_ONE: Final = Fraction(1)
_AT_ONCE: Final = 1 << 21
"""Weights of calls that are held at once."""


def nested_predictions(procedure: Procedure, unit: Unit) -> Integers | None:
    """Per call the prediction of the whole procedure without its phase, or run.

    ``None`` with more than 200 phases, each pair of which would be a fit of its own.
    """
    if not fitted_margins(procedure.registry):  # nothing is chosen, so nothing is chosen anew
        return procedure.predicted(procedure.without(unit))
    if len(np.unique(procedure.evidence.phase)) > MOST_FOLDS:
        return None
    found = np.zeros(len(procedure.evidence.samples), dtype=np.int64)
    outer, inner = procedure.without(unit), _Inner(procedure)
    every = outer.fits.numbers
    for at, tokens in enumerate(counted(every, f"folds without a {unit}", of=len(every))):
        out = outer.fold == at
        needs = procedure.needs(inner.residuals(out)).where(~out[procedure.asks_for_margin])
        margins = margins_of(needs, procedure.registry, procedure.tuning)
        table = procedure.table_without(out, tokens, margins.scale, margins.factors)
        found[out] = procedure.evidence.predicted_at(np.flatnonzero(out), table)
    return found


class _Inner:
    """Fits without two groups of calls; each pair of phases is fitted once."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._phase = procedure.without("phase").fold
        self._without_margin = one_margin(procedure.registry, _ONE)
        self._known: dict[bytes, Floats] = {}

    def residuals(self, out: Booleans) -> Floats:
        """ln(actual ÷ predicted) before any margin, without the calls ``out`` and its phase.

        0 of the calls that are out themselves.
        """
        procedure = self._procedure
        phases = np.unique(self._phase[~out & procedure.fitted_on & procedure.design.known])
        kept = [~out & (self._phase != phase) for phase in phases.tolist()]
        self._fit([one for one in kept if one.tobytes() not in self._known])
        found = np.zeros(len(out))
        for phase, known in zip(phases.tolist(), kept, strict=True):
            its = (self._phase == phase) & ~out
            found[its] = self._known[known.tobytes()][its[~known]]
        return found

    def _fit(self, kept: list[Booleans]) -> None:
        """Find the residuals of all other calls by the fits to each of these."""
        procedure, evidence = self._procedure, self._procedure.evidence
        block = max(1, _AT_ONCE // max(1, len(evidence.samples)))
        for begin in range(0, len(kept), block):
            part = kept[begin : begin + block]
            weights = (np.array(part) * procedure.fitted_on).astype(np.float64)
            start = procedure.whole.effects[0]
            fits = fit(procedure.design, weights, procedure.tuning, start)
            for known, tokens in zip(part, fits.numbers, strict=True):
                rows = np.flatnonzero(~known)
                table = procedure.table_without(~known, tokens, 1.0, self._without_margin)
                self._known[known.tobytes()] = log_needs(
                    evidence.actual[rows], evidence.predicted_at(rows, table)
                )
