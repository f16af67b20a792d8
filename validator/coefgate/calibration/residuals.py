"""How much calls needed of what was predicted for them, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coefgate.calibration.leave_out import folds
from coefgate.core.table import Table
from coefgate.replay.evidence import Evidence
from coefgate.replay.fallback import CellKey
from coefgate.replay.metrics import Booleans, Floats, Indices, Integers
from coefgate.replay.spread import residuals


@dataclass(frozen=True, slots=True)
class Residuals:
    """Calls as columns of one length, each predicted by coefficients that do not know its phase.

    ``residual``: ln(actual ÷ predicted); of a call that was cut off (``censored``) from the tokens
    that it had reached. ``cell``: an index into ``cells``, −1 for a call that none of them serves;
    it counts for all calls alone. ``phase`` and ``fold``: numbers; calls of a fold are left out
    together, and it holds whole phases.
    """

    residual: Floats
    censored: Booleans
    cell: Indices
    phase: Indices
    fold: Indices
    cells: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for columns that are not of one length, or no finite number."""
        columns = (self.residual, self.censored, self.cell, self.phase, self.fold)
        if len({len(column) for column in columns}) > 1:
            lengths = ", ".join(str(len(column)) for column in columns)
            raise ValueError(f"the columns have {lengths} calls; they must have one length")
        wrong = np.flatnonzero(~np.isfinite(self.residual))
        if len(wrong):
            first = int(wrong[0])
            told = f"the residual of call {first} is {self.residual[first]}"
            raise ValueError(f"{told}; predicted and actual tokens must be above zero")
        if len(self.cell) and not -1 <= self.cell.min() <= self.cell.max() < len(self.cells):
            raise ValueError(f"a call names a cell that is not one of the {len(self.cells)}")

    def where(self, rows: Booleans) -> Residuals:
        """Some of the calls."""
        return Residuals(
            self.residual[rows],
            self.censored[rows],
            self.cell[rows],
            self.phase[rows],
            self.fold[rows],
            self.cells,
        )


def residuals_of(evidence: Evidence, predicted: Integers, table: Table) -> Residuals:
    """The residuals of calls in the cells of ``table``.

    ``predicted``: tokens, each by coefficients that were fitted without the call's phase. Raises
    ``ValueError`` where nothing is predicted for a call.
    """
    if len(predicted) and int(predicted.min()) <= 0:
        sample = evidence.samples[int(predicted.argmin())]
        raise ValueError(f"nothing is predicted for the call {sample.id}, so it has no residual")
    counts = evidence.counts(table)
    cells = tuple(sorted(table.cells))
    at: dict[CellKey, int] = {cell: index for index, cell in enumerate(cells)}
    of_key = np.array([at.get(cell, -1) for cell in counts.cells], dtype=np.intp)
    return Residuals(
        residual=residuals(evidence.as_predicted(predicted)),
        censored=evidence.censored,
        cell=of_key[counts.cell],
        phase=evidence.phase,
        fold=folds(evidence.samples, "phase"),
        cells=cells,
    )
