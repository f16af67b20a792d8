"""What more calls would do: how far unseen predictions lie from needs, by cell.

The variance of ln(actual ÷ predicted) of an unseen call is that of calls alike, that of what the
formula cannot say of them, and the error of the numbers, which alone falls with more calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot, sqrt
from typing import Final, Literal

import numpy as np

from coefgate.calibration.excess_deviation import excess_deviation
from coefgate.calibration.fit_error import FitError
from coefgate.calibration.like_calls import Scatter, scatter_of_like_calls
from coefgate.calibration.procedure import Procedure
from coefgate.registry.compilation import table_of
from coefgate.replay.metrics import Booleans, Floats, Indices
from coefgate.replay.tobit import tobit_deviation
from coefgate.samples.model import Sample

MORE: Final = (5, 10, 20, 50)
"""So many more calls of a cell, each of a phase of its own."""
OWN_FREEDOM: Final = 8
"""Degrees of freedom from which on a cell has a scatter of its own."""
_MOST: Final = 50
"""Calls whose files stand for those of a cell that has none."""
Reach = int | Literal["more", "formula", "like-calls"]
"""So many more calls are enough, or more than were looked at; or none are: the formula does not
tell the calls of the cell apart, or calls alike scatter by more."""


@dataclass(frozen=True, slots=True)
class CellDeviation:
    """The standard deviation of ln(actual ÷ predicted) of unseen calls of a cell.

    ``calls`` and ``phases``: those that there are. ``scatter``: of calls alike, in the cell if
    ``own``, else of all; ``None`` where nothing is known of it. ``formula``: the deviation that
    predictions have besides, were all numbers known. ``errors``: the variance of the numbers, now
    and after each of ``MORE`` more calls with files of its own kind. ``everywhere``: the mean of
    it over all cells, after as many more calls of this one.
    """

    cell: tuple[str, str]
    calls: int
    phases: int
    scatter: Scatter | None
    own: bool
    formula: float
    errors: tuple[float, ...]
    everywhere: tuple[float, ...] = ()

    @property
    def least(self) -> float:
        """With any number of calls."""
        return round(hypot(self.formula, self._alike), 6)

    @property
    def sigmas(self) -> tuple[float, ...]:
        """Now, and after each of ``MORE`` more calls."""
        return tuple(round(hypot(self.formula, self._alike, sqrt(e)), 6) for e in self.errors)

    @property
    def _alike(self) -> float:
        return self.scatter.deviation if self.scatter else 0.0

    def reach(self, asked: float) -> Reach:
        """How many more calls bring it to what is ``asked``, or why none do."""
        if self._alike > asked:
            return "like-calls"
        return "formula" if self.least > asked else self._enough(asked, self.formula)

    def reach_by_alike(self, asked: float) -> Reach:
        """The same with a formula that says all there is to say of calls."""
        return "like-calls" if self._alike > asked else self._enough(asked, 0.0)

    def _enough(self, asked: float, formula: float) -> Reach:
        for calls, error in zip((0, *MORE), self.errors, strict=True):
            if hypot(formula, self._alike, sqrt(error)) <= asked:
                return calls
        return "more"


@dataclass(frozen=True, slots=True)
class MoreCalls:
    """``seen``: of predictions without the phase of each call; ``None`` where there are none.

    ``around``: the deviation that is left of it without the error of the numbers; the scatter of
    ``tuning.yaml`` where nothing is seen. ``expected``: both together, were the spreads of
    ``tuning.yaml`` true. ``alike``: the scatter of all calls alike, ``None`` with less than
    ``OWN_FREEDOM`` degrees of freedom. ``formula``: what ``around`` has besides.
    """

    seen: float | None
    expected: float | None
    around: float
    alike: Scatter | None
    formula: float
    cells: tuple[CellDeviation, ...]


def more_calls(procedure: Procedure) -> MoreCalls:
    """The deviation of each declared cell, by the calls that the procedure is fitted on.

    A cell without calls takes the files of its category, else those of all calls; without any
    call there are no cells. Numbers are taken to go all the way that calls move them, so
    ``tuning.ema`` changes nothing.
    """
    stated, rows = float(procedure.tuning.scatter), procedure.asks_for_margin
    error = FitError(procedure, list(_of_empty_cells(procedure)))
    alike = _scatter(procedure, error, error.weights > 0)
    around, seen, expected = stated, None, None
    if len(procedure.without("phase").fits.numbers) > 1 and rows.any():
        residual, censored = procedure.residuals[rows], procedure.evidence.censored[rows]
        variances = _unseen_variances(procedure, error)[rows]
        seen = tobit_deviation(residual, censored)
        measured = excess_deviation(residual, censored, variances)
        around = stated if measured is None else measured
        expected = round(sqrt(around**2 + float(variances.mean())), 6)
    beyond = max(around**2 - (alike.deviation**2 if alike else 0.0), 0.0)
    formula = round(sqrt(beyond), 6)
    cells = tuple(_deviations(procedure, error, alike, formula))
    return MoreCalls(seen, expected, around, alike, formula, cells)


def _scatter(procedure: Procedure, error: FitError, rows: Booleans) -> Scatter | None:
    """Of calls alike among these, if it rests on enough of them."""
    count = len(procedure.evidence.samples)
    cell, phase = error.cell[:count], procedure.evidence.phase
    found = scatter_of_like_calls(procedure.design, rows[:count], cell, phase)
    return found if found and found.freedom >= OWN_FREEDOM else None


def _unseen_variances(procedure: Procedure, error: FitError) -> Floats:
    """The variance of each call's prediction by the fit without its phase."""
    fold, found = procedure.without("phase").fold, np.zeros(len(procedure.evidence.samples))
    for at in np.unique(fold).tolist():
        out, weights = np.flatnonzero(fold == at), error.weights.copy()
        weights[out] = 0
        found[out] = error.variances(weights, out)
    return found


def _deviations(
    procedure: Procedure, error: FitError, alike: Scatter | None, formula: float
) -> Iterator[CellDeviation]:
    phase = procedure.evidence.phase
    declared = [
        (category, complexity)
        for category, one in procedure.registry.categories.items()
        for complexity in one.overhead
        if (category, complexity) in error.cells
    ]
    rows = {cell: error.cell == error.cells.index(cell) for cell in declared}
    of_calls = {cell: _of_call(error, np.flatnonzero(its)) for cell, its in rows.items()}
    everywhere = sum(of_calls.values()) / max(len(of_calls), 1)
    for cell, its in rows.items():
        calls = np.flatnonzero(its[: len(phase)])
        own = _scatter(procedure, error, its & (error.weights > 0))
        covariances = tuple(
            _with_more(error, cell, its, of_calls[cell], procedure.tuning.cell_from)
        )
        yield CellDeviation(
            cell=cell,
            calls=len(calls),
            phases=len(np.unique(phase[calls])),
            scatter=own or alike,
            own=own is not None,
            formula=formula,
            errors=tuple(float((one * of_calls[cell]).sum()) for one in covariances),
            everywhere=tuple(float((one * everywhere).sum()) for one in covariances),
        )


def _of_call(error: FitError, its: Indices) -> Floats:
    """What a call of a cell asks of the effects, on average: the mean of slopes × slopes."""
    found: Floats = error.slopes[its].T @ error.slopes[its] / len(its)
    return found


def _with_more(
    error: FitError, cell: tuple[str, str], its: Booleans, of_call: Floats, cell_from: int
) -> Iterator[Floats]:
    """The covariance of effects now, and after each of ``MORE`` more calls of the cell."""
    told, free = error.told(error.weights), error.free(error.weights)
    own = np.array([one == ("cell", cell) for one in error.design.effects], dtype=np.bool_)
    calls = float(error.weights[its].sum())
    for more in (0, *MORE):
        freed = free | (own & (calls + more >= cell_from))
        yield error.covariance(told + more * of_call, freed)


def _of_empty_cells(procedure: Procedure) -> Iterator[Sample]:
    """For each cell without calls those of its category, else of all, as if they were its own."""
    registry, samples = procedure.registry, procedure.evidence.samples
    counts, rows = procedure.evidence.counts(table_of(registry)), procedure.design.known
    every = [(samples[row], counts.cells[counts.cell[row]]) for row in np.flatnonzero(rows)]
    cells = {cell for _, cell in every}
    for category, one in registry.categories.items():
        near = [call for call, cell in every if cell and cell[0] == category]
        like = sorted(near or (call for call, _ in every), key=lambda call: call.id)[:_MOST]
        for complexity in one.overhead:
            for number, sample in enumerate(() if (category, complexity) in cells else like):
                yield replace(
                    sample,
                    id=f"{category}.{complexity}#{number}",
                    category=category,
                    complexity=complexity,
                )
