"""Coverage: a matrix of cells, and how far each aim is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from coefgate.registry.wording import count, first_of
from coefgate.replay.fallback import Fallbacks
from coefgate.reports.figures import cell_words, count_figure
from coefgate.reports.page import (
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    code,
    plain,
    sentence,
)
from coefgate.reports.pages.audit import origin_lines, origins_dict
from coefgate.reports.pages.fallback import fallback_lines, fallbacks_dict
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.coverage import Aim, Coverage, CoveredCell

if TYPE_CHECKING:  # with all that judges, which `coefgate coverage` does not need
    from coefgate.use_cases.report import Report

_MOST_CELLS: Final = 8


def coverage_page(
    coverage: Coverage, fallen: Fallbacks, complexities: Sequence[str], today: date
) -> Page:
    """The cells and what else predicts calls, why it does, then each aim with what is missing.

    ``today``, in UTC, is what the age of calls is reckoned from.
    """
    age = ("Days since the newest of them", partial(_age, today=today))
    yield from cells_tables(coverage, complexities, age)
    yield from fallback_lines(fallen)
    yield from origin_lines(coverage.origins)
    yield aims_table(coverage)


def cells_tables(
    coverage: Coverage,
    complexities: Sequence[str],
    newest: tuple[str, Callable[[CoveredCell | None], str]],
) -> Page:
    """The calls of each cell, and its newest one: what that is called, and how it is written."""
    yield filled_cells(coverage, complexities)
    yield _matrix(coverage, complexities, *newest)


def aims_table(coverage: Coverage) -> TableBlock:
    """How far each aim is."""
    aims = [
        (one.aim, one.wanted, _have(one), "met" if one.met else f"missing: {one.missing}")
        for one in coverage.aims
    ]
    return TableBlock(("aim", "wanted", "have", ""), aims, "Aims", figures=(2,))


def filled_cells(coverage: Coverage, complexities: Sequence[str]) -> TableBlock:
    """How many calls each cell has."""
    title = "Calls + cut off, in how many phases, by what predicts them"
    return _matrix(coverage, complexities, title, _filled)


def _matrix(
    coverage: Coverage,
    complexities: Sequence[str],
    title: str,
    figure: Callable[[CoveredCell | None], str],
) -> TableBlock:
    """Categories by complexities, those of calls outside of every cell included."""
    everything = (*coverage.cells, *coverage.outside)
    cells = {(cell.category, cell.complexity): cell for cell in everything}
    said = {cell.complexity for cell in coverage.outside} - set(complexities)
    columns = [*complexities, *sorted(said)]
    rows = [
        (code(category), *(plain(figure(cells.get((category, one)))) for one in columns))
        for category in dict.fromkeys(cell.category for cell in everything)
    ]
    return TableBlock(("category", *columns), rows, title, figures=range(1, 9))


def _filled(cell: CoveredCell | None) -> str:
    if cell is None or not cell.calls.scored:
        return "–"
    return f"{count_figure(cell.calls)} in {cell.calls.phases:,}"


def _age(cell: CoveredCell | None, today: date) -> str:
    return "–" if cell is None or cell.newest is None else f"{(today - cell.newest).days:,}"


def _have(aim: Aim) -> Span:
    return plain(f"{aim.have:,}")


def moved_coverage_blocks(report: Report) -> Page:
    """What a verdict says of it: cells that lost or gained calls, aims not met, retirements."""
    against, rows = report.comparison, []
    for title, moves in (("lost", against.lost), ("gained", against.gained)) if against else ():
        cells = [
            (cell_words(one), count_figure(one.base), count_figure(one.head)) for one in moves
        ]
        if cells:
            told = first_of([f"{cell} {base} → {head}" for cell, base, head in cells], _MOST_CELLS)
            yield Paragraph(told, label=f"coverage {title}", width="narrow")
        rows += [(title, code(cell), plain(base), plain(head)) for cell, base, head in cells]
    if rows:
        columns = ("coverage", "cell", "base", "head")
        yield TableBlock(columns, rows, "Coverage", figures=(2, 3), weight=70, width="wide")
    if unmet := [aim for aim in report.coverage.aims if not aim.met]:
        items = [Item(f"{aim.aim}: {aim.missing}") for aim in unmet]
        yield Items(items, label="coverage", width="narrow")
        yield TableBlock(
            ("aim", "wanted", "have", "missing"),
            [
                (code(one.aim), sentence(one.wanted), _have(one), sentence(one.missing))
                for one in unmet
            ],
            f"Coverage that is aimed at and not reached: {len(unmet)}",
            figures=(2,),
            fold=True,
            weight=30,
            width="wide",
        )
    before = [Item(Span(one.id, "id"), after=code(one.reason)) for one in report.retired_before]
    title = f"Retired earlier: {count(len(before), 'sample')}"
    yield Items(before, title=title, label="retired", fold=True, weight=20)
    erased = [Item(Span(one.id, "id"), after=code(one.reason)) for one in report.erased_before]
    title = f"Erased earlier: {count(len(erased), 'line')}"
    yield Items(erased, title=title, fold=True, weight=20, width="wide")


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """The cells and the aims."""
    return {
        "cells": list(map(_cell_dict, coverage.cells)),
        "outside_cells": list(map(_cell_dict, coverage.outside)),
        "aims": as_json(coverage.aims),
    }


def coverage_document(coverage: Coverage, fallen: Fallbacks) -> dict[str, Any]:
    """With the scored calls that the fallback serves, and where lists of files come from."""
    return {
        **coverage_dict(coverage),
        "fallback": fallbacks_dict(fallen),
        "deliverables_from": origins_dict(coverage.origins),
    }


def _cell_dict(cell: CoveredCell) -> dict[str, Any]:
    newest = cell.newest and cell.newest.isoformat()
    return {**picked(cell, "category", "complexity"), **as_json(cell.calls), "newest": newest}
