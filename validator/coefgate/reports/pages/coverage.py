"""Coverage: a matrix of cells, and how far each aim is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coefgate.core.vocabulary import COMPLEXITIES
from coefgate.replay.fallbacks import Fallbacks
from coefgate.reports.document import fallbacks_dict
from coefgate.reports.figures import count_figure
from coefgate.reports.page import GAP, Block, Cells, Table, code, plain
from coefgate.reports.pages.fallback import fallback_lines
from coefgate.reports.render.json import fields
from coefgate.samples.coverage import Coverage, CoveredCell


def coverage_page(
    coverage: Coverage, fallen: Fallbacks, complexities: Sequence[str]
) -> Sequence[Block]:
    """The cells and what else predicts calls, why it does, then each aim with what is missing."""
    everything = (*coverage.cells, *coverage.outside)
    cells = {(cell.category, cell.complexity): cell for cell in everything}
    said = {cell.complexity for cell in coverage.outside} - set(complexities)
    columns = [*complexities, *(one for one in COMPLEXITIES if one in said)]
    rows: list[Cells] = []
    for category in dict.fromkeys(cell.category for cell in everything):
        found = (cells.get((category, complexity)) for complexity in columns)
        rows.append((code(category), *(plain(_filled(cell)) for cell in found)))
    aims = [
        (
            aim.aim,
            aim.wanted,
            plain(f"{aim.have:,}"),
            "met" if aim.met else f"missing: {aim.missing}",
        )
        for aim in coverage.aims
    ]
    return [
        Table(
            ("category", *columns),
            rows,
            "Calls + cut off, in how many phases, by what predicts them",
            figures=range(1, 9),
        ),
        *fallback_lines(fallen),
        GAP,
        Table(("aim", "wanted", "have", ""), aims, "Aims", figures=(2,)),
    ]


def _filled(cell: CoveredCell | None) -> str:
    if cell is None or not cell.calls.scored:
        return "–"
    return f"{count_figure(cell.calls)} in {cell.calls.phases:,}"


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """The cells and the aims."""
    return {
        "cells": [_cell_dict(cell) for cell in coverage.cells],
        "outside_cells": [_cell_dict(cell) for cell in coverage.outside],
        "aims": [asdict(aim) for aim in coverage.aims],
    }


def coverage_document(coverage: Coverage, fallen: Fallbacks) -> dict[str, Any]:
    """With the scored calls that the fallback serves."""
    return coverage_dict(coverage) | {"fallback": fallbacks_dict(fallen)}


def _cell_dict(cell: CoveredCell) -> dict[str, Any]:
    return fields(cell, "category", "complexity") | asdict(cell.calls)
