"""Very many calls as cells of a grid, so that a drawing stays small however many there are."""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.replay.metrics import Floats, Indices
from coefgate.reports.chart import Axis, Density, Points, Symbol, Tone

MOST: Final = 1500
"""Calls that are drawn one by one; of more, cells."""
COLUMNS, ROWS = 36, 28
_FAINTEST: Final = 0.15
"""What a cell with few calls weighs, so that it is seen."""


def density(x: Axis, y: Axis, at: tuple[Floats, Floats], label: str, tone: Tone) -> Density:
    """Cells that hold points ``at`` x and y, by the logarithm of how many each holds."""
    columns, rows, counts = _occupied(x, y, at)
    weights = np.log1p(counts) / np.log1p(counts.max(initial=1))
    return Density(
        [(_value(x, one, COLUMNS), _value(x, one + 1, COLUMNS)) for one in columns.tolist()],
        [(_value(y, one, ROWS), _value(y, one + 1, ROWS)) for one in rows.tolist()],
        (_FAINTEST + (1 - _FAINTEST) * weights).round(2).tolist(),
        label,
        tone,
    )


def cell_marks(
    x: Axis, y: Axis, at: tuple[Floats, Floats], label: str, *, tone: Tone, mark: Symbol
) -> Points:
    """One open mark in the middle of each cell that holds points."""
    columns, rows, _ = _occupied(x, y, at)
    return Points(
        [_value(x, one + 0.5, COLUMNS) for one in columns.tolist()],
        [_value(y, one + 0.5, ROWS) for one in rows.tolist()],
        label,
        tone,
        mark,
        open=True,
    )


def _occupied(x: Axis, y: Axis, at: tuple[Floats, Floats]) -> tuple[Indices, Indices, Indices]:
    """Columns and rows of the cells that hold points, and how many each holds."""
    places = _cell(x, at[0], COLUMNS) * ROWS + _cell(y, at[1], ROWS)
    found, counts = np.unique(places, return_counts=True)
    return found // ROWS, found % ROWS, counts


def _cell(axis: Axis, values: Floats, count: int) -> Indices:
    share = (
        np.log(values / axis.low) / np.log(axis.high / axis.low)
        if axis.log
        else (values - axis.low) / (axis.high - axis.low)
    )
    return np.clip(np.floor(share * count), 0, count - 1).astype(np.intp)


def _value(axis: Axis, cell: float, count: int) -> float:
    """Where a cell begins on the axis."""
    share = cell / count
    if axis.log:
        return float(axis.low * (axis.high / axis.low) ** share)
    return axis.low + (axis.high - axis.low) * share
