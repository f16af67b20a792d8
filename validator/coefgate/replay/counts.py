"""Many calls → many predictions, equal to the scalar face's; and which numbers each rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from typing import Final, Literal, NamedTuple, Self

import numpy as np

from coefgate.core.estimate import EstimateBasis
from coefgate.core.retry import Previous
from coefgate.core.table import Table
from coefgate.core.vocabulary import KILOBYTE, OPERATIONS, PRICED_OPERATIONS, Operation
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.fallback import Call, CellKey, serving
from coefgate.replay.metrics import Booleans, Indices, Integers

SizeColumn = Literal["bytes", "unknown-size"]
_SIZE_COLUMNS: Final[tuple[SizeColumn, ...]] = ("bytes", "unknown-size")
Column = tuple[Operation | SizeColumn, str]
"""What is counted of a call, and of which file kind.

``create``, ``modify``, ``unknown``: deliverables, by operation. ``bytes``: those that are charged
for files that are written whole again. ``unknown-size``: deliverables of which neither operation
nor size is known, where modified ones are written whole again.
"""


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
    for row, call in enumerate(calls):
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
    floors = retry_floors(counts, table)
    if floors is None or counts.attempts is None:
        return formula
    return np.where(counts.attempts.decide, floors, np.maximum(formula, floors))


def formula_tokens(counts: Counts, table: Table) -> Integers:
    """Predicted tokens per call as if it was never tried before."""
    factors = margins_thousandths(counts, table) * model_factors_thousandths(counts, table)
    return tokens_of(base_parts(counts, table), factors)


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


Price = tuple[tuple[Key, int], ...]
"""A sum of numbers, each so many times, in 1/1024 of a token."""


def column_prices(column: Column, registry: Coefficients) -> tuple[Price, ...]:
    """The prices of which one deliverable, or byte, of a column takes the dearest."""
    counted, kind = column
    size = Key("per_kilobyte", (kind,))
    if counted == "bytes":
        return (((size, 1),),)
    operations = PRICED_OPERATIONS if counted.startswith("unknown") else (counted,)
    prices: dict[str, Price] = {
        one: ((Key("marginal", (one, kind)), KILOBYTE),) for one in operations
    }
    if counted == "unknown-size":
        prices["modify"] += ((size, registry.per_kilobyte[kind].assumed),)
    return tuple(prices.values())


def overhead_prices(cell: CellKey, registry: Coefficients) -> tuple[Price, ...]:
    """The prices of which the calls of a cell take the dearest as their overhead."""
    return tuple(((key, KILOBYTE),) for key in overhead_keys(cell, registry))


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
        if key.part in {"marginal", "per_kilobyte"}:
            asked = enumerate(counts.columns)
            registry = self._registry
            at = [
                n for n, one in asked if self._decides(key, number, column_prices(one, registry))
            ]
            return np.asarray((counts.matrix[:, at] > 0).any(axis=1))
        if key.category is not None:
            key = Key("overhead", key.of)
        cells = self._cells.get(key, [])
        if key.part == "no_deliverables":
            served = ((n, overhead_prices(counts.cells[n], self._registry)) for n in cells)
            cells = [n for n, prices in served if self._decides(key, number, prices)]
        return np.isin(counts.cell, cells)

    def any_of(self, keys: Iterable[Key]) -> Booleans:
        """Per call: does it use one of these numbers?"""
        none = np.zeros(len(self._counts.cell), dtype=np.bool_)
        found: Booleans = np.logical_or.reduce([none, *map(self.of, keys)])
        return found

    def _decides(self, key: Key, number: Fraction | None, prices: tuple[Price, ...]) -> bool:
        """Is it in one of these prices, and none of the others dearer?"""
        numbers = self._registry.numbers

        def total(price: Price) -> Fraction:
            known = {one: numbers[one].number for one, _ in price}
            if number is not None and key in known:
                known[key] = number
            return sum((known[one] * times for one, times in price), Fraction(0))

        mine = [price for price in prices if any(one == key and times for one, times in price)]
        return bool(mine) and total(mine[0]) == max(map(total, prices))
