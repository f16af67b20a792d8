"""Which numbers of a registry a call rests on, and what it pays where it takes the dearest."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property

import numpy as np

from coefgate.core.table import Table
from coefgate.core.vocabulary import KILOBYTE, PRICED_OPERATIONS
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.counts import Column, Counts, attempts_alone, formula_tokens
from coefgate.replay.fallback import CellKey
from coefgate.replay.metrics import Booleans, Integers

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


def pool_of(key: Key, registry: Coefficients) -> tuple[Key, ...]:
    """The number with its neighbours: calls that use one of them say something of it.

    An overhead moves with those of its category, a marginal cost with that of the other operation.
    """
    if key.part == "overhead":
        return tuple(Key("overhead", (key.of[0], one)) for one in registry.complexities)
    if key.part == "marginal":
        return tuple(Key("marginal", (one, key.of[1])) for one in PRICED_OPERATIONS)
    return (key,)


class Uses:
    """Which calls would get more tokens before the factors, or a larger one, by a larger number.

    A call that was tried before uses what decides its prediction: the factor of a retry, the
    coefficients where they ask for as much.
    """

    def __init__(self, counts: Counts, registry: Coefficients, table: Table) -> None:
        self._counts, self._registry, self._table = counts, registry, table
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
        if key == Key("retry", ("after_complete",)):
            return attempts.decide
        formula, alone = self._both
        asked = number is not None  # another number may decide where this one does not
        if key.part == "retry":
            return attempts.cut_off & (asked | (alone >= formula))
        return self._of_formula(key, number) & ~attempts.decide & (asked | (formula >= alone))

    @cached_property
    def _both(self) -> tuple[Integers, Integers]:
        """What the formula, and what the attempts alone ask for."""
        counts, table = self._counts, self._table
        return formula_tokens(counts, table), attempts_alone(counts, table)

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
