"""A verdict told: what a reader should know, the result as asked for, and the exit code."""

from __future__ import annotations

from coefgate.gates.verdict import EXIT_CODES
from coefgate.reports.page import Page
from coefgate.reports.render.console import show, warn
from coefgate.use_cases.report import ASKED_FOR, Report


def tell(report: Report, rendered: str | Page) -> int:
    """Print a rendering; the exit code is that of the verdict.

    A page for a reader holds the report's notes; beside a text they stand on standard error.
    """
    if isinstance(rendered, str):
        if report.alone not in {None, ASKED_FOR}:
            warn(f"nothing is compared, since {report.alone}: the state is judged by itself")
        for note in report.notes:
            warn(note)
    show(rendered)
    return EXIT_CODES[report.verdict]
