"""What phases needed of their predictions, one number for each: of recorded calls, or stored ones.

Calls of one phase resemble each other, so a test takes a phase as one, whatever its calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from coefgate.calibration.residuals import Residuals
from coefgate.replay.metrics import Booleans, Floats, Indices, Integers
from coefgate.replay.phase_draws import phase_orders
from coefgate.replay.spread import residuals
from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.call_table import UNKNOWN, NameColumn

MOST: Final = 1000
"""Phases that a test looks at; of more, so many are drawn."""
_SEED: Final = 20_261_201
PhaseCell = tuple[str, str]
"""Category and complexity."""


@dataclass(frozen=True, slots=True)
class PhaseNeeds:
    """Phases as columns of one length: what they needed, and in which cell they are.

    ``need``: the mean of ln(actual ÷ predicted) of its calls; ``at_least``: one of these was cut
    off, so it needed more than that. ``cell``: the number of one of ``cells``. ``calls``: of how
    many.
    """

    need: Floats
    at_least: Booleans
    cell: Indices
    calls: Integers
    cells: Mapping[PhaseCell, int]

    def __len__(self) -> int:
        return len(self.need)

    def where(self, rows: Booleans | Indices) -> PhaseNeeds:
        """Some of the phases."""
        at = self.need[rows], self.at_least[rows], self.cell[rows], self.calls[rows]
        return PhaseNeeds(*at, self.cells)

    def of(self, cell: PhaseCell) -> PhaseNeeds:
        """Those of one cell."""
        return self.where(self.cell == self.cells.get(cell, UNKNOWN))


def needs_of_records(records: WatchedRecords, rows: Rows) -> PhaseNeeds:
    """The phases of these records, which are judged."""
    cell, cells = cell_numbers(records, rows)
    calls = records.calls(rows)
    return _needs(residuals(calls), calls.censored, cell, calls.phase, cells)


def needs_of_samples(known: Residuals) -> PhaseNeeds:
    """The phases of stored calls, as coefficients predict them that do not know them."""
    cells = {cell: at for at, cell in enumerate(known.cells)}
    return _needs(known.residual, known.censored, known.cell, known.phase, cells)


def cell_numbers(records: WatchedRecords, rows: Rows) -> tuple[Indices, Mapping[PhaseCell, int]]:
    """Of each record its cell, by the numbers that are returned; below 0: not known.

    The cells are those that records are in: what callers say may be thousands of names.
    """
    table, aliases = records.table, records.canonical_category
    categories, category = _numbered(table.category, rows, aliases)
    complexities, complexity = _numbered(table.complexity, rows, {})
    known = (category >= 0) & (complexity >= 0)
    pair = category[known] * len(complexities) + complexity[known]
    there, number = np.unique(pair, return_inverse=True)
    cell = np.full(len(rows), UNKNOWN, dtype=np.intp)
    cell[known] = number
    names = (divmod(one, len(complexities)) for one in there.tolist())
    return cell, {(categories[one], complexities[two]): at for at, (one, two) in enumerate(names)}


def _numbered(
    column: NameColumn, rows: Rows, aliases: Mapping[str, str]
) -> tuple[list[str], Indices]:
    canonical = [aliases.get(name, name) for name in column.names]
    names = sorted(set(canonical))
    place = {name: at for at, name in enumerate(names)}
    at = np.array([*map(place.__getitem__, canonical), UNKNOWN], dtype=np.intp)
    return names, at[column.codes[rows]]


def _needs(
    residual: Floats,
    censored: Booleans,
    cell: Indices,
    phase: Indices,
    cells: Mapping[PhaseCell, int],
) -> PhaseNeeds:
    """A phase belongs to the cell of most of its calls; those in other cells are left out."""
    inside = cell >= 0
    at, drawn = _drawn(_in_order(phase[inside]))
    rows = np.flatnonzero(inside)[drawn]
    pair, of_call, calls = np.unique(
        at * max(len(cells), 1) + cell[rows], return_inverse=True, return_counts=True
    )
    of_phase, of_cell = np.divmod(pair, max(len(cells), 1))
    most_first = np.lexsort((of_cell, -calls, of_phase))
    chosen = most_first[np.unique(of_phase[most_first], return_index=True)[1]]
    mean = np.bincount(of_call, residual[rows], minlength=len(pair)) / np.maximum(calls, 1)
    cut_off = np.bincount(of_call, censored[rows], minlength=len(pair)) > 0
    return PhaseNeeds(mean[chosen], cut_off[chosen], of_cell[chosen], calls[chosen], cells)


def _in_order(phase: Indices) -> Indices:
    """Phases by numbers from 0 in the order of their calls, however a store gave its rows."""
    _, first, at = np.unique(phase, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[at]


def _drawn(at: Indices) -> tuple[Indices, Booleans]:
    """Of which phase each call is, and which calls are of the phases that are drawn."""
    many = int(at.max(initial=-1)) + 1
    if many <= MOST:
        return at, np.ones(len(at), dtype=np.bool_)
    kept = np.zeros(many, dtype=np.bool_)
    kept[phase_orders(np.arange(many), 1, seed=_SEED)[0][:MOST]] = True
    of_kept = kept[at]
    return at[of_kept], of_kept
