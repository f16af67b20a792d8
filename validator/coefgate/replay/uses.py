"""Which numbers of a registry serve a call, and which calls rest on a number."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from coefgate.core.vocabulary import PRICED_OPERATIONS
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.counts import Counts
from coefgate.replay.metrics import Booleans
from coefgate.replay.serving import CellKey


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
