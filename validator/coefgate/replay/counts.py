"""Many calls → many predictions, equal to the scalar face's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final, Literal

import numpy as np

from coefgate.core.counting import counted
from coefgate.core.estimate import EstimateBasis
from coefgate.core.table import Table
from coefgate.core.vocabulary import KILOBYTE, OPERATIONS, Operation
from coefgate.replay.attempts import Attempts
from coefgate.replay.fallback import Call, CellKey, serving
from coefgate.replay.metrics import Indices, Integers

SizeColumn = Literal["bytes", "unknown-size"]
_SIZE_COLUMNS: Final[tuple[SizeColumn, ...]] = ("bytes", "unknown-size")
Column = tuple[Operation | SizeColumn, str]
"""What is counted of a call, and of which file kind.

``create``, ``modify``, ``unknown``: deliverables, by operation. ``bytes``: those that are charged
for files that are written whole again. ``unknown-size``: deliverables of which neither operation
nor size is known, where modified ones are written whole again.
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls as integers, for every registry with the same path rules, names, models and cells.

    ``matrix``: calls × ``columns``, how many deliverables, or bytes, a call has in each. ``cell``:
    per call an index into ``cells``. ``rule``: per call an index into a table's ``model_factors``,
    one beyond the last where it takes none. ``bases``: per call, how it was found. ``attempts``:
    what was tried before, ``None`` where that decides nothing.
    """

    matrix: Integers
    columns: tuple[Column, ...]
    cell: Indices
    cells: tuple[CellKey, ...]
    rule: Indices
    bases: tuple[EstimateBasis, ...]
    attempts: Attempts | None


Deliverables = tuple[Integers, tuple[Column, ...]]
"""The ``matrix`` and the ``columns`` of ``Counts``."""


def counts_matrix(calls: Sequence[Call], table: Table, attempts: Attempts | None = None) -> Counts:
    """Count the deliverables of every call by operation and file kind, and find its cell."""
    return in_cells(*deliverables_matrix(calls, table), calls, table, attempts)


def deliverables_matrix(calls: Sequence[Call], table: Table) -> Deliverables:
    """Count the deliverables of every call by operation and file kind, and their bytes."""
    columns = _columns(table)
    column_of = {column: index for index, column in enumerate(columns)}
    matrix = np.zeros((len(calls), len(columns)), dtype=np.int64)
    kind_of = cache(table.kind_of)
    for row, call in enumerate(counted(calls, "calls counted", of=len(calls))):
        rewrites = table.rewrites_in(call.output_mode)
        for one in call.deliverables:
            kind, operation, size = kind_of(one.path), one.operation, one.bytes_before
            if operation == "unknown" and size is not None and table.sizes_tell:
                operation = "modify"
            column: Column = (operation, kind)
            if rewrites and (rewrite := rewrites.get(("modify", kind))) is not None:
                if operation == "modify":
                    matrix[row, column_of["bytes", kind]] += rewrite.charged(size)
                elif operation == "unknown":
                    column = ("unknown-size", kind)
            matrix[row, column_of[column]] += 1
    return matrix, columns


def _columns(table: Table) -> tuple[Column, ...]:
    of_sizes = product(_SIZE_COLUMNS, sorted(table.sized))
    return (*product(OPERATIONS, table.kinds), *of_sizes)


def in_cells(
    matrix: Integers,
    columns: tuple[Column, ...],
    calls: Sequence[Call],
    table: Table,
    attempts: Attempts | None = None,
) -> Counts:
    """Calls whose deliverables are counted already, in the cells of ``table``."""
    served = list(map(serving(table), calls))
    cell_of = {cell: at for at, cell in enumerate(dict.fromkeys(one.cell for one in served))}
    cell = np.array([cell_of[one.cell] for one in served], dtype=np.intp)
    rules = [len(table.model_factors) if one.rule is None else one.rule for one in served]
    bases = tuple(one.basis for one in served)
    if table.retry is None:
        attempts = None
    if attempts is not None:
        tried = (attempts.tokens > 0).tolist()
        bases = tuple("retry" if each else one for one, each in zip(bases, tried, strict=True))
    rule = np.array(rules, dtype=np.intp)
    return Counts(matrix, columns, cell, tuple(cell_of), rule, bases, attempts)


def base_parts(counts: Counts, table: Table) -> Integers:
    """Tokens before the margin, per call, in 1/1024 of a token."""
    prices = np.array([_price(column, table) for column in counts.columns], dtype=np.int64)
    overhead = np.array([_figures(cell, table)[0] for cell in counts.cells], dtype=np.int64)
    return counts.matrix @ prices + overhead[counts.cell] * KILOBYTE


def _price(column: Column, table: Table) -> int:
    """What one deliverable, or one byte, of a column costs, in 1/1024 of a token."""
    counted, kind = column
    if counted == "bytes":
        return table.sized[kind].per_kilobyte.tokens
    if counted == "unknown-size":
        rewrite, created = table.sized[kind], table.marginal["create"][kind]
        size = rewrite.per_kilobyte.tokens * rewrite.assumed
        return max(created.tokens * KILOBYTE, rewrite.cost.tokens * KILOBYTE + size)
    return table.marginal[counted][kind].tokens * KILOBYTE


def margins_thousandths(counts: Counts, table: Table) -> Integers:
    """The safety margin per call, in thousandths; 1,000 for calls without deliverables."""
    margins = np.array([_figures(cell, table)[1] for cell in counts.cells], dtype=np.int64)
    return margins[counts.cell]


def model_factors_thousandths(counts: Counts, table: Table) -> Integers:
    """The factor of its model per call, in thousandths; 1,000 for calls without deliverables."""
    return np.array([*table.model_factors, 1000], dtype=np.int64)[counts.rule]


def predict(counts: Counts, table: Table) -> Integers:
    """Predicted tokens per call: ``ceil(base × model factor × margin)``, in exact integers.

    Of a call that was tried before, what follows from that attempt.
    """
    formula = formula_tokens(counts, table)
    if counts.attempts is None:
        return formula
    alone = attempts_alone(counts, table)
    return np.where(counts.attempts.decide, alone, np.maximum(formula, alone))


def attempts_alone(counts: Counts, table: Table) -> Integers:
    """What the attempt before asks for, per call; 0 without one.

    That is the prediction after an attempt that came to its end, and its least after one that was
    cut off.
    """
    attempts, retry = counts.attempts, table.retry
    if attempts is None or retry is None:
        return np.zeros(len(counts.cell), dtype=np.int64)
    factors = retry.after_complete.thousandths, retry.after_cut_off.thousandths
    return attempts.tokens_after(*factors)


def formula_tokens(counts: Counts, table: Table) -> Integers:
    """Predicted tokens per call as if it was never tried before."""
    told_apart = len(table.model_factors) > 1
    factor = model_factors_thousandths(counts, table) if told_apart else 1000
    return tokens_of(base_parts(counts, table), margins_thousandths(counts, table) * factor)


def tokens_of(parts: Integers, millionths: Integers) -> Integers:
    """``ceil(parts × factors)`` in whole tokens, exact.

    ``parts``: base tokens in 1/1024; ``millionths``: of the product of the factors on each.
    """
    highest = int(parts.max(initial=0)) * int(millionths.max(initial=0))
    if highest > _MOST_IN_INT64:
        exact = -(-parts.astype(object) * millionths.astype(object) // _PARTS)
        return np.asarray(exact, dtype=np.int64)
    return np.asarray(-(-parts * millionths // _PARTS))


_PARTS: Final = 1_000_000 * KILOBYTE
_MOST_IN_INT64: Final = 2**63 - 1


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
