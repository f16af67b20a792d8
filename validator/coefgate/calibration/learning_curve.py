"""How predictions of unseen calls get better with the phases, or runs, that are fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import hypot, sqrt
from typing import Final

import numpy as np

from coefgate.calibration.fit import fit
from coefgate.calibration.fit_error import FitError
from coefgate.calibration.fit_figures import unseen_units
from coefgate.calibration.leave_out import MOST_FOLDS, Unit, folds, group_names
from coefgate.calibration.procedure import Procedure
from coefgate.replay.metrics import Booleans, Calls, Floats
from coefgate.replay.phase_draws import phase_keys, phase_orders
from coefgate.replay.spread import residuals, spread
from coefgate.replay.tobit import tobit_deviation

DRAWS: Final = 20
"""Orders in which phases, or runs, come in; fewer where there are very many."""
AHEAD: Final = (1, 2, 4)
"""How many times the phases that there are."""
_SEED: Final = 20261130
_PARTS: Final = tuple(Fraction(at, 16) for at in (1, 2, 4, 6, 8, 10, 12))
"""Shares of all groups that are fitted on."""


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """Fits to ``groups`` phases, or runs, that hold ``phases`` phases (on average over draws).

    ``sigma``: the standard deviation of ln(actual ÷ predicted) of calls that were left out, those
    of all draws together; ``spread``: theirs likewise. ``sigmas`` and ``spreads``: the lowest and
    the highest of a single draw; ``None`` where each group, or fold of groups, is left out once.
    ``expected``: the deviation of calls that were left out, were the spreads of ``tuning.yaml``
    true.
    """

    groups: int
    phases: float
    sigma: float
    spread: float
    sigmas: tuple[float, float] | None
    spreads: tuple[float, float] | None
    expected: float


def learning_curve(procedure: Procedure, unit: Unit, around: float) -> tuple[LearningPoint, ...]:
    """The figures of unseen calls by how many phases, or runs, are fitted on.

    ``around``: the deviation of calls whose numbers are known, for what is expected.
    In each draw a hash puts the groups in an order, and the first of them are fitted on: a smaller
    set lies within a larger one. Margins are those of all calls, as with other unseen figures. A
    size that leaves too few complete calls out is missing. Nothing where calls say nothing of
    another group.
    """
    if unseen_units(procedure, unit):
        return ()
    names = group_names(procedure.evidence.samples, unit)
    distinct = sorted(set(names))
    of_name = {name: at for at, name in enumerate(distinct)}
    group = np.array([of_name[name] for name in names], dtype=np.intp)
    draws = DRAWS if len(distinct) <= MOST_FOLDS else DRAWS // 4
    orders = phase_orders(phase_keys(distinct), draws, seed=_SEED)
    place = np.argsort(orders, axis=1)[:, group]
    sizes = sorted({max(1, round(part * len(distinct))) for part in _PARTS})
    curve = _Curve(procedure, around)
    found = [curve.drawn(place < size, size) for size in sizes if size < len(distinct) - 1]
    found.append(curve.each_once(unit, len(distinct)))
    return tuple(filter(None, found))


def expected_ahead(procedure: Procedure, around: float) -> tuple[tuple[int, float], ...]:
    """Phases, and the deviation of unseen calls that is expected with so many of the same kinds.

    Each phase comes as often as one of ``AHEAD`` says. ``around``: as for ``learning_curve``.
    """
    error, phases = FitError(procedure), len(np.unique(procedure.evidence.phase))
    rows = np.flatnonzero(error.weights)
    return tuple(
        (phases * times, _deviation(around, [error.variances(error.weights * times, rows)]))
        for times in AHEAD
        if len(rows)
    )


class _Curve:
    """What all points of a curve share."""

    def __init__(self, procedure: Procedure, around: float) -> None:
        self._procedure, self._error = procedure, FitError(procedure)
        self._around = around

    def drawn(self, known: Booleans, size: int) -> LearningPoint | None:
        """Fits to the ``known`` calls (draws × calls), and what they predict for the others."""
        procedure, start = self._procedure, self._procedure.whole.effects[0]
        weights = (known & procedure.fitted_on).astype(np.float64)
        fits = fit(procedure.design, weights, procedure.tuning, start)
        calls = [
            self._predicted(tokens, ~its) for its, tokens in zip(known, fits.numbers, strict=True)
        ]
        columns = zip(*((c.predicted, c.actual, c.phase, c.censored) for c in calls), strict=True)
        return self._point(Calls(*map(np.concatenate, columns)), known, size, calls)

    def each_once(self, unit: Unit, groups: int) -> LearningPoint | None:
        """The figures of unseen calls as they are told elsewhere."""
        evidence = self._procedure.evidence
        fold, predicted = folds(evidence.samples, unit), self._procedure.unseen(unit)
        known = fold[None] != np.unique(fold)[:, None]
        calls = evidence.as_predicted(predicted)
        return self._point(calls, known, groups - max(1, groups // len(known)))

    def _predicted(self, tokens: Floats, out: Booleans) -> Calls:
        """The calls that are ``out`` by a fit without them, at the fitted margins."""
        procedure, evidence = self._procedure, self._procedure.evidence
        margins = procedure.margins.factors
        table = procedure.table_without(out, tokens, procedure.scale, margins)
        found = evidence.predicted_at(np.flatnonzero(out), table)
        return Calls(found, evidence.actual[out], evidence.phase[out], evidence.censored[out])

    def _point(
        self, together: Calls, known: Booleans, size: int, single: Sequence[Calls] = ()
    ) -> LearningPoint | None:
        figures = _figures(together)
        if figures is None:
            return None
        phases = [len(np.unique(self._procedure.evidence.phase[its])) for its in known]
        of_draws = [one for one in map(_figures, single) if one is not None]
        sigmas, spreads = (_ends([one[at] for one in of_draws]) for at in (0, 1))
        weights = self._error.weights
        variances = [
            self._error.variances(weights * its, np.flatnonzero(~its & (weights > 0)))
            for its in known
        ]
        expected = _deviation(self._around, variances)
        mean = sum(phases) / len(phases)
        return LearningPoint(size, mean, *figures, sigmas, spreads, expected)


def _deviation(around: float, variances: Sequence[Floats]) -> float:
    """That of calls whose numbers have these errors."""
    every = np.concatenate(variances)
    error = float(every.mean()) if len(every) else 0.0
    return round(hypot(around, sqrt(error)), 6)


def _ends(values: Sequence[float]) -> tuple[float, float] | None:
    return (min(values), max(values)) if values else None


def _figures(calls: Calls) -> tuple[float, float] | None:
    sigma, of_all = tobit_deviation(residuals(calls), calls.censored), spread(calls)
    return None if sigma is None or of_all is None else (sigma, of_all)
