"""Coverage: a matrix of cells, and how far each aim is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from coefgate.core.vocabulary import COMPLEXITIES
from coefgate.registry.wording import first_of
from coefgate.replay.serving import Fallbacks
from coefgate.reports.document import fallbacks_dict
from coefgate.reports.figures import count, count_figure
from coefgate.reports.page import (
    GAP,
    Block,
    Cells,
    Item,
    Items,
    Paragraph,
    Span,
    TableBlock,
    Words,
    code,
    plain,
    sentence,
)
from coefgate.reports.pages.fallback import fallback_lines
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.coverage import Aim, Coverage, CoveredCell
from coefgate.use_cases.report import CellMove, Report

_MOST_CELLS: Final = 8


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
            one.aim,
            one.wanted,
            plain(f"{one.have:,}"),
            "met" if one.met else f"missing: {one.missing}",
        )
        for one in coverage.aims
    ]
    return [
        TableBlock(
            ("category", *columns),
            rows,
            "Calls + cut off, in how many phases, by what predicts them",
            figures=range(1, 9),
        ),
        *fallback_lines(fallen),
        GAP,
        TableBlock(("aim", "wanted", "have", ""), aims, "Aims", figures=(2,)),
    ]


def _filled(cell: CoveredCell | None) -> str:
    if cell is None or not cell.calls.scored:
        return "–"
    return f"{count_figure(cell.calls)} in {cell.calls.phases:,}"


def moved_coverage_blocks(report: Report) -> Iterator[Block]:
    """What a verdict says of it: cells that lost or gained calls, aims not met, retirements."""
    against = report.comparison
    moves = {"lost": against.lost, "gained": against.gained} if against else {}
    for title, cells in moves.items():
        if cells:
            yield Paragraph(_cells(cells), label=f"coverage {title}", width="narrow")
    if rows := [_cell_row(title, move) for title, cells in moves.items() for move in cells]:
        columns = ("coverage", "cell", "base", "head")
        yield TableBlock(columns, rows, "Coverage", figures=(2, 3), weight=70, width="wide")
    if unmet := [aim for aim in report.coverage.aims if not aim.met]:
        told = [Item(f"{aim.aim}: {aim.missing}") for aim in unmet]
        yield Items(told, label="coverage", width="narrow")
        yield TableBlock(
            ("aim", "wanted", "have", "missing"),
            [_aim_row(aim) for aim in unmet],
            f"Coverage that is aimed at and not reached: {len(unmet)}",
            figures=(2,),
            fold=True,
            weight=30,
            width="wide",
        )
    before = [Item(Span(one.id, "id"), after=code(one.reason)) for one in report.retired_before]
    title = f"Retired earlier: {count(len(before), 'sample')}"
    yield Items(before, title=title, label="retired", fold=True, weight=20)


def _aim_row(aim: Aim) -> Sequence[Words]:
    have = plain(f"{aim.have:,}")
    return (code(aim.aim), sentence(aim.wanted), have, sentence(aim.missing))


def _cells(moves: Sequence[CellMove]) -> str:
    shown = [
        f"{one.category}/{one.complexity} {count_figure(one.base)} → {count_figure(one.head)}"
        for one in moves
    ]
    return first_of(shown, _MOST_CELLS)


def _cell_row(title: str, move: CellMove) -> Sequence[Words]:
    cell = code(f"{move.category}/{move.complexity}")
    return (title, cell, plain(count_figure(move.base)), plain(count_figure(move.head)))


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """The cells and the aims."""
    return {
        "cells": list(map(_cell_dict, coverage.cells)),
        "outside_cells": list(map(_cell_dict, coverage.outside)),
        "aims": as_json(coverage.aims),
    }


def coverage_document(coverage: Coverage, fallen: Fallbacks) -> dict[str, Any]:
    """With the scored calls that the fallback serves."""
    return coverage_dict(coverage) | {"fallback": fallbacks_dict(fallen)}


def _cell_dict(cell: CoveredCell) -> dict[str, Any]:
    return {**picked(cell, "category", "complexity"), **as_json(cell.calls)}
