"""Coverage as a matrix of cells, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.core.vocabulary import COMPLEXITIES
from coefgate.replay.fallbacks import Fallbacks
from coefgate.reports.console import table
from coefgate.reports.fallbacks import fallback_lines, fallbacks_dict
from coefgate.reports.figures import count_figure
from coefgate.reports.json_texts import json_text
from coefgate.samples.coverage import Coverage, CoveredCell


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """The fields of a coverage for JSON."""
    return {
        "cells": [_cell_dict(cell) for cell in coverage.cells],
        "outside_cells": [_cell_dict(cell) for cell in coverage.outside],
        "aims": [asdict(aim) for aim in coverage.aims],
    }


def _cell_dict(cell: CoveredCell) -> dict[str, Any]:
    return {"category": cell.category, "complexity": cell.complexity, **asdict(cell.calls)}


def coverage_json(coverage: Coverage, fallen: Fallbacks) -> str:
    """A coverage, and the scored calls that the fallback serves, as JSON text."""
    return json_text(coverage_dict(coverage) | {"fallback": fallbacks_dict(fallen)})


def _filled(cell: CoveredCell | None) -> str:
    if cell is None or not cell.calls.scored:
        return "–"
    return f"{count_figure(cell.calls)} in {cell.calls.phases:,}"


def coverage_text(
    coverage: Coverage, fallen: Fallbacks, complexities: Sequence[str]
) -> list[RenderableType]:
    """The matrix of cells and what else predicts calls, why it does, then each aim with what is missing."""
    everything = (*coverage.cells, *coverage.outside)
    cells = {(cell.category, cell.complexity): cell for cell in everything}
    said = {cell.complexity for cell in coverage.outside}
    columns = [
        *complexities,
        *(one for one in COMPLEXITIES if one in said and one not in complexities),
    ]
    rows = []
    for category in dict.fromkeys(cell.category for cell in everything):
        found = [cells.get((category, complexity)) for complexity in columns]
        rows.append([category, *map(_filled, found)])
    aims = [
        [aim.aim, aim.wanted, f"{aim.have:,}", "met" if aim.met else f"missing: {aim.missing}"]
        for aim in coverage.aims
    ]
    return [
        table(
            "category",
            *columns,
            rows=rows,
            title="Calls + cut off, in how many phases, by what predicts them",
            figures=range(1, 9),
        ),
        *fallback_lines(fallen),
        Text(""),
        table("aim", "wanted", "have", "", rows=aims, title="Aims", figures=(2,)),
    ]
