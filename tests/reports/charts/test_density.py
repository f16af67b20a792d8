"""Cells that very many calls lie in."""

from __future__ import annotations

from math import log, log10

import numpy as np
import pytest

from coefgate.reports.chart import Axis
from coefgate.reports.charts.density import COLUMNS, ROWS, cell_marks, density

LOG = Axis("x", 1, 10.0**COLUMNS, [], log=True)
LINEAR = Axis("y", 0, ROWS, [])
# A column for each power of ten, and a row for each unit.
AT = np.array([1.0, 5.0, 5.0, 5.0, 10.0**COLUMNS]), np.array([0.5, 2.0, 2.5, 2.9, float(ROWS)])


def test_a_cell_weighs_by_the_logarithm_of_its_calls() -> None:
    cells = density(LOG, LINEAR, AT, "calls", "first")
    assert [round(log10(low), 9) for low, _ in cells.x] == [0, 0, COLUMNS - 1]
    assert [round(log10(high), 9) for _, high in cells.x] == [1, 1, COLUMNS]
    assert list(cells.y) == [(0, 1), (2, 3), (ROWS - 1, ROWS)]
    one = 0.15 + 0.85 * log(2) / log(4)
    assert cells.weights == pytest.approx([one, 1, one], abs=0.0051)


def test_a_mark_is_in_the_middle_of_its_cell() -> None:
    marks = cell_marks(LOG, LINEAR, AT, "cut off", tone="second", mark="triangle")
    assert [round(log10(x), 9) for x in marks.x] == [0.5, 0.5, COLUMNS - 0.5]
    assert list(marks.y) == [0.5, 2.5, ROWS - 0.5]
    assert marks.open


def test_no_call_is_no_cell() -> None:
    none = np.array([]), np.array([])
    assert not density(LOG, LINEAR, none, "calls", "first").x
