"""Coverage as a matrix of cells, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.reports.console import table
from coefgate.reports.json_texts import json_text
from coefgate.samples.coverage import Coverage, CoveredCell


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """The fields of a coverage for JSON."""
    return {
        "cells": [asdict(cell) for cell in coverage.cells],
        "aims": [asdict(aim) for aim in coverage.aims],
    }


def coverage_json(coverage: Coverage) -> str:
    """A coverage as JSON text."""
    return json_text(coverage_dict(coverage))


def _filled(cell: CoveredCell | None) -> str:
    return f"{cell.samples:,} in {cell.phases:,}" if cell and cell.samples else "–"


def coverage_text(coverage: Coverage, complexities: Sequence[str]) -> list[RenderableType]:
    """The matrix of cells, then each aim with what is missing."""
    cells = {(cell.category, cell.complexity): cell for cell in coverage.cells}
    rows = []
    for category in dict.fromkeys(cell.category for cell in coverage.cells):
        found = [cells.get((category, complexity)) for complexity in complexities]
        rows.append([category, *map(_filled, found)])
    aims = [
        [aim.aim, aim.wanted, f"{aim.have:,}", "met" if aim.met else f"missing: {aim.missing}"]
        for aim in coverage.aims
    ]
    return [
        table(
            "category",
            *complexities,
            rows=rows,
            title="Eligible calls, in how many phases",
            figures=range(1, 9),
        ),
        Text(""),
        table("aim", "wanted", "have", "", rows=aims, title="Aims", figures=(2,)),
    ]
