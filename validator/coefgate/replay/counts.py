"""Many calls → many predictions, as integer arrays that equal the scalar face's to the token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from coefgate.core.estimate import EstimateBasis
from coefgate.core.table import Table
from coefgate.core.vocabulary import OPERATIONS
from coefgate.replay.metrics import Indices, Integers
from coefgate.replay.serving import Call, CellKey, serving


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls as integers, for every registry with the same path rules, names, models and cells.

    ``matrix``: calls × (operation, kind), how many deliverables of each. ``columns`` names the
    columns. ``cell``: per call an index into ``cells``. ``bases``: per call, how it was found.
    """

    matrix: Integers
    columns: tuple[tuple[str, str], ...]
    cell: Indices
    cells: tuple[CellKey, ...]
    bases: tuple[EstimateBasis, ...]


Deliverables = tuple[Integers, tuple[tuple[str, str], ...]]
"""The ``matrix`` and the ``columns`` of ``Counts``."""


def counts_matrix(calls: Sequence[Call], table: Table) -> Counts:
    """Count the deliverables of every call by operation and file kind, and find its cell."""
    return in_cells(*deliverables_matrix(calls, table), calls, table)


def deliverables_matrix(calls: Sequence[Call], table: Table) -> Deliverables:
    """Count the deliverables of every call by operation and file kind."""
    columns = tuple((operation, kind) for operation in OPERATIONS for kind in table.kinds)
    column_of = {column: index for index, column in enumerate(columns)}
    matrix = np.zeros((len(calls), len(columns)), dtype=np.int64)
    kind_of = cache(table.kind_of)
    for row, call in enumerate(calls):
        for one in call.deliverables:
            matrix[row, column_of[one.operation, kind_of(one.path)]] += 1
    return matrix, columns


def in_cells(
    matrix: Integers, columns: tuple[tuple[str, str], ...], calls: Sequence[Call], table: Table
) -> Counts:
    """Calls whose deliverables are counted already, in the cells of ``table``."""
    served = list(map(serving(table), calls))
    cell_of = {cell: at for at, cell in enumerate(dict.fromkeys(one.cell for one in served))}
    cell = np.array([cell_of[one.cell] for one in served], dtype=np.intp)
    return Counts(matrix, columns, cell, tuple(cell_of), tuple(one.basis for one in served))


def base_tokens(counts: Counts, table: Table) -> Integers:
    """Tokens before the margin, per call."""
    marginal = np.array([table.marginal[o][k].tokens for o, k in counts.columns], dtype=np.int64)  # type: ignore[index]
    overhead = np.array([_figures(cell, table)[0] for cell in counts.cells], dtype=np.int64)
    return counts.matrix @ marginal + overhead[counts.cell]


def margins_thousandths(counts: Counts, table: Table) -> Integers:
    """The safety margin per call, in thousandths; 1,000 for calls without deliverables."""
    margins = np.array([_figures(cell, table)[1] for cell in counts.cells], dtype=np.int64)
    return margins[counts.cell]


def predict(counts: Counts, table: Table) -> Integers:
    """Predicted tokens per call: ``ceil(base × margin)``, in exact integers."""
    return -(-base_tokens(counts, table) * margins_thousandths(counts, table) // 1000)


def _figures(cell: CellKey, table: Table) -> tuple[int, int]:
    """The tokens of a cell's overhead, and its margin in thousandths."""
    if cell is None:
        return table.fallback.overhead.tokens, table.fallback.margin
    category, complexity = cell[0], cell[1] or ""
    if category is None:
        figure = table.no_deliverables.get(complexity, table.no_deliverables_fallback)
        return figure.tokens, 1000
    found = table.cells[category, complexity]
    return found.overhead.tokens, found.margin
