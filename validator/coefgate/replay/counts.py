"""Many calls → many predictions, equal to the scalar face's; and which numbers each rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from coefgate.core.estimate import EstimateBasis
from coefgate.core.table import Table
from coefgate.core.vocabulary import OPERATIONS, PRICED_OPERATIONS
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.fallback import Call, CellKey, serving
from coefgate.replay.metrics import Booleans, Indices, Integers


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls as integers, for every registry with the same path rules, names, models and cells.

    ``matrix``: calls × ``columns``, how many deliverables of each operation and kind. ``cell``:
    per call an index into ``cells``. ``bases``: per call, how it was found.
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


def cost_keys(operation: str, kind: str) -> tuple[Key, ...]:
    """The marginal costs of which a deliverable takes the dearest."""
    operations = PRICED_OPERATIONS if operation == "unknown" else (operation,)
    return tuple(Key("marginal", (one, kind)) for one in operations)


def overhead_keys(cell: CellKey, registry: Coefficients) -> tuple[Key, ...]:
    """The numbers of which the calls of a cell take the dearest as their overhead."""
    if cell is None:
        return (Key("fallback"),)
    category, complexity = cell
    if category is not None:
        return (Key("overhead", (category, str(complexity))),)
    asked = registry.no_deliverables if complexity is None else (complexity,)
    return tuple(Key("no_deliverables", (one,)) for one in asked)


def margin_keys(cell: CellKey, registry: Coefficients) -> tuple[Key, ...]:
    """The margin of a cell; none of calls without deliverables, which take none."""
    if cell is not None and cell[0] is None:
        return ()
    own = () if cell is None else (str(cell[0]), str(cell[1]))
    return (Key("margin", own if own in registry.cell_margins else ()),)


class Uses:
    """Which calls would get more tokens before the margin, or a larger one, by a larger number."""

    def __init__(self, counts: Counts, registry: Coefficients) -> None:
        self._counts, self._registry = counts, registry
        self._cells: dict[Key, list[int]] = {}
        for index, cell in enumerate(counts.cells):
            for key in (*overhead_keys(cell, registry), *margin_keys(cell, registry)):
                self._cells.setdefault(key, []).append(index)

    def of(self, key: Key, number: Fraction | None = None) -> Booleans:
        """Per call: does it use the number with this key, or would it if that were ``number``?

        The margin of a cell is used where its overhead is, and need not be declared.
        """
        counts = self._counts
        if key.part == "marginal":
            asked = enumerate(counts.columns)
            at = [n for n, one in asked if self._decides(key, number, cost_keys(*one))]
            return np.asarray((counts.matrix[:, at] > 0).any(axis=1))
        if key.category is not None:
            key = Key("overhead", key.of)
        cells = self._cells.get(key, [])
        if key.part == "no_deliverables":
            served = ((n, overhead_keys(counts.cells[n], self._registry)) for n in cells)
            cells = [n for n, keys in served if self._decides(key, number, keys)]
        return np.isin(counts.cell, cells)

    def any_of(self, keys: Iterable[Key]) -> Booleans:
        """Per call: does it use one of these numbers?"""
        none = np.zeros(len(self._counts.cell), dtype=np.bool_)
        found: Booleans = np.logical_or.reduce([none, *map(self.of, keys)])
        return found

    def _decides(self, key: Key, number: Fraction | None, keys: tuple[Key, ...]) -> bool:
        """Is it one of these, and none of the others dearer?"""
        if key not in keys:
            return False
        numbers = self._registry.numbers
        number = numbers[key].number if number is None else number
        return all(numbers[one].number <= number for one in keys if one != key)
