"""How many calls a headline rests on."""

from __future__ import annotations

from coefgate.gates.report import Report
from coefgate.reports.metrics import how_many


def measured_on(report: Report, joined: str) -> str:
    """``, on 58 calls + 5 cut off, 49 phases`` behind a headline that does not say that there are none."""
    if report.headline.kind == "no-worse" and not report.headline.measured:
        return ""
    return f"{joined}{how_many(report.scores.all)}"
