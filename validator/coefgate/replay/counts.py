"""Many calls → many predictions, equal to the scalar face's; and which numbers each rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple, Self

import numpy as np

from coefgate.core.estimate import EstimateBasis
from coefgate.core.retry import Previous
from coefgate.core.table import Table
from coefgate.core.vocabulary import OPERATIONS, PRICED_OPERATIONS
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.fallback import Call, CellKey, serving
from coefgate.replay.metrics import Booleans, Indices, Integers


class Attempts(NamedTuple):
    """The attempt before each call: its output tokens, 0 where there is none; was it cut off?"""

    tokens: Integers
    cut_off: Booleans

    @classmethod
    def of(cls, previous: Sequence[Previous | None]) -> Self:
        """Of so many calls, in their order."""
        tokens = [one.output_tokens if one else 0 for one in previous]
        cut_off = [one is not None and one.truncated for one in previous]
        return cls(np.array(tokens, dtype=np.int64), np.array(cut_off, dtype=np.bool_))

    def at(self, rows: Indices) -> Self:
        """Those of the calls at these indices."""
        return type(self)(self.tokens[rows], self.cut_off[rows])

    @property
    def decide(self) -> Booleans:
        """Which calls are predicted by the attempt alone: it came to its end."""
        return (self.tokens > 0) & ~self.cut_off


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls as integers, for every registry with the same path rules, names, models and cells.

    ``matrix``: calls × ``columns``, how many deliverables of each operation and kind. ``cell``:
    per call an index into ``cells``. ``rule``: per call an index into a table's ``model_factors``,
    one beyond the last where it takes none. ``bases``: per call, how it was found. ``attempts``:
    what was tried before, ``None`` where that decides nothing.
    """

    matrix: Integers
    columns: tuple[tuple[str, str], ...]
    cell: Indices
    cells: tuple[CellKey, ...]
    rule: Indices
    bases: tuple[EstimateBasis, ...]
    attempts: Attempts | None


Deliverables = tuple[Integers, tuple[tuple[str, str], ...]]
"""The ``matrix`` and the ``columns`` of ``Counts``."""


def counts_matrix(calls: Sequence[Call], table: Table, attempts: Attempts | None = None) -> Counts:
    """Count the deliverables of every call by operation and file kind, and find its cell."""
    return in_cells(*deliverables_matrix(calls, table), calls, table, attempts)


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
    matrix: Integers,
    columns: tuple[tuple[str, str], ...],
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


def base_tokens(counts: Counts, table: Table) -> Integers:
    """Tokens before the margin, per call."""
    marginal = np.array([table.marginal[o][k].tokens for o, k in counts.columns], dtype=np.int64)  # type: ignore[index]
    overhead = np.array([_figures(cell, table)[0] for cell in counts.cells], dtype=np.int64)
    return counts.matrix @ marginal + overhead[counts.cell]


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
    floors = retry_floors(counts, table)
    if floors is None or counts.attempts is None:
        return formula
    return np.where(counts.attempts.decide, floors, np.maximum(formula, floors))


def formula_tokens(counts: Counts, table: Table) -> Integers:
    """Predicted tokens per call as if it was never tried before."""
    factors = margins_thousandths(counts, table) * model_factors_thousandths(counts, table)
    return -(-base_tokens(counts, table) * factors // 1_000_000)


def retry_floors(counts: Counts, table: Table) -> Integers | None:
    """What the attempt before asks for per call, 0 without one; ``None`` where none counts.

    It is all of the prediction after an attempt that came to its end, and the least after one that
    was cut off.
    """
    attempts, retry = counts.attempts, table.retry
    if attempts is None or retry is None:
        return None
    ended, cut = retry.after_complete.thousandths, retry.after_cut_off.thousandths
    needed = -(-attempts.tokens * np.where(attempts.cut_off, cut, ended) // 1000)
    return np.where(attempts.cut_off, np.maximum(needed, attempts.tokens + 1), needed)


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


def rule_key(rule: int, registry: Coefficients) -> Key | None:
    """The factor of the models of a rule; ``None`` of calls that take none."""
    rules = registry.model_rules
    if rule > len(rules) or registry.default_model_factor is None:
        return None
    return Key("model", rules[rule].globs[:1] if rule < len(rules) else ())


class Uses:
    """Which calls would get more tokens before the factors, or a larger one, by a larger number.

    A call that was tried before uses what decides its prediction: the factor of a retry, the
    coefficients, or both where they ask for the same.
    """

    def __init__(self, counts: Counts, registry: Coefficients) -> None:
        self._counts, self._registry = counts, registry
        self._cells: dict[Key, list[int]] = {}
        for index, cell in enumerate(counts.cells):
            for key in (*overhead_keys(cell, registry), *margin_keys(cell, registry)):
                self._cells.setdefault(key, []).append(index)
        named = ((rule_key(at, registry), at) for at in range(len(registry.model_rules) + 1))
        self._rules = {key: [at] for key, at in named if key is not None}

    def of(self, key: Key, number: Fraction | None = None) -> Booleans:
        """Per call: does it use the number with this key, or would it if that were ``number``?

        The margin of a cell is used where its overhead is, and need not be declared.
        """
        attempts = self._counts.attempts
        if attempts is None:
            return self._of_formula(key, number)
        if key.of == ("after_complete",):
            return attempts.decide
        asked = number is not None  # another number may decide what this one does not
        if key.part == "retry":
            return attempts.cut_off & (asked | self._attempt_decides)
        return self._of_formula(key, number) & ~attempts.decide & (asked | self._formula_decides)

    @cached_property
    def _both(self) -> tuple[Integers, Integers]:
        table = table_of(self._registry)
        formula, floors = formula_tokens(self._counts, table), retry_floors(self._counts, table)
        return formula, np.zeros_like(formula) if floors is None else floors

    @property
    def _attempt_decides(self) -> Booleans:
        formula, floors = self._both
        return floors >= formula

    @property
    def _formula_decides(self) -> Booleans:
        formula, floors = self._both
        return formula >= floors

    def _of_formula(self, key: Key, number: Fraction | None) -> Booleans:
        counts = self._counts
        if key.part == "model":
            return np.isin(counts.rule, self._rules.get(key, []))
        if key.part == "retry":
            return np.zeros(len(counts.cell), dtype=np.bool_)
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
