"""What a verdict says where a page has no end: drawings, strata, histories, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from coefgate.registry.number_history import NumberHistory
from coefgate.reports.charts.history import history_chart
from coefgate.reports.page import ChartBlock, Page
from coefgate.reports.pages.coverage import filled_cells
from coefgate.reports.pages.drawn_scores import drawn_scores
from coefgate.reports.pages.history import histories_table
from coefgate.reports.pages.metrics import strata_table
from coefgate.reports.pages.rules import bounds_in
from coefgate.use_cases.report import Report


def drawn_verdict(report: Report) -> Page:
    """Head's predictions, beside those of base where something is compared."""
    against = report.comparison
    judge = against.base if against else report.head
    return drawn_scores(
        report.scores,
        judge.registry.gates.limits,
        base=against.scores if against else None,
        feasible=report.feasible_margin,
    )


def whole_strata(report: Report) -> Page:
    """Every stratum, with a colour behind the figures that are far from what is asked."""
    if report.scores.strata:
        phases_from = report.head.registry.gates.relative.stratum_phases_from
        found = strata_table(report.scores.strata, bounds_in(report), phases_from)
        about = (
            "The stronger its colour, the further a figure is from what is asked of all calls "
            f"together; no stratum has to meet that by itself. Below {phases_from} phases there "
            "is no colour."
        )
        yield replace(found, about=about, width="whole")


def in_full_blocks(report: Report, histories: Sequence[NumberHistory]) -> Page:
    """Every stratum with a colour, the lives of the numbers that change, and every cell."""
    yield from whole_strata(report)
    if histories:
        yield histories_table(histories)
        yield from (
            ChartBlock(partial(history_chart, one), f"{one.name} over time") for one in histories
        )
    if report.coverage.cells:
        filled = filled_cells(report.coverage, report.head.registry.complexities)
        yield replace(filled, width="whole")
