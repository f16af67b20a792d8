"""Which calls rest on which number of a registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from coefgate.registry.key import Key
from coefgate.registry.model import Registry
from coefgate.replay.counts import Counts
from coefgate.replay.serving import Cell

Booleans = npt.NDArray[np.bool_]


class Uses:
    """The calls of ``counts``, and the numbers of a ``registry`` that can tell the same apart.

    A call uses a number if a larger one would give it more tokens before the margin, or a larger
    margin.
    """

    def __init__(self, counts: Counts, registry: Registry) -> None:
        self._counts, self._registry = counts, registry
        self._cells = {cell: index for index, cell in enumerate(counts.cells)}
        self._columns = {column: index for index, column in enumerate(counts.columns)}

    def of(self, key: Key, number: Fraction | None = None) -> Booleans:
        """Per call: does it use the number with this key, or would it if that were ``number``?

        The margin of a cell need not be declared: it is used where the cell is.
        """
        match key.part:
            case "marginal":
                return self._marginal(key, number)
            case "no_deliverables":
                complexity, dearest = key.of[0], self._is_dearest(key, number)
                return self._where(
                    lambda cell: cell == (None, complexity) or (dearest and cell == (None, None))
                )
            case "margin" if not key.of:
                own = self._registry.cell_margins
                return self._where(lambda cell: not (cell and cell[0] is None) and cell not in own)
        found: Booleans = self._counts.cell == self._cells.get(key.cell, -1)
        return found

    def any_of(self, keys: Iterable[Key]) -> Booleans:
        """Per call: does it use one of these numbers?"""
        none = np.zeros(len(self._counts.cell), dtype=np.bool_)
        found: Booleans = np.logical_or.reduce([none, *map(self.of, keys)])
        return found

    def _marginal(self, key: Key, number: Fraction | None) -> Booleans:
        operation, kind = key.of
        found = self._delivers(operation, kind)
        return found | self._delivers("unknown", kind) if self._is_dearest(key, number) else found

    def _delivers(self, operation: str, kind: str) -> Booleans:
        column = self._columns.get((operation, kind))
        if column is None:
            return np.zeros(len(self._counts.cell), dtype=np.bool_)
        delivers: Booleans = self._counts.matrix[:, column] > 0
        return delivers

    def _is_dearest(self, key: Key, number: Fraction | None) -> bool:
        """Does the number decide where the dearest of several is taken?"""
        numbers = self._registry.numbers
        if number is None:
            number = numbers[key].number
        return all(other.number <= number for one, other in numbers.items() if _beside(one, key))

    def _where(self, holds: Callable[[Cell], bool]) -> Booleans:
        flags = np.array([holds(cell) for cell in self._counts.cells], dtype=np.bool_)
        found: Booleans = flags[self._counts.cell]
        return found


def _beside(one: Key, key: Key) -> bool:
    """Are these numbers alternatives for calls that do not say which?"""
    if one == key or one.part != key.part:
        return False
    return key.part == "no_deliverables" or one.of[1] == key.of[1]
