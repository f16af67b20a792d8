"""A verdict is told: what a reader should know, the result in the format asked for, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from coefgate.gates.verdict import EXIT_CODES
from coefgate.reports.console import show, warn
from coefgate.reports.verdict_texts import headline_text
from coefgate.use_cases.report import ASKED_FOR, Report


def tell(report: Report, rendered: str | Iterable[RenderableType]) -> int:
    """Print a rendering; the exit code is that of the verdict, which a long text ends with.

    The parts of a page for a reader hold the report's notes; beside a text they stand on standard
    error.
    """
    if isinstance(rendered, str):
        if report.alone not in {None, ASKED_FOR}:
            warn(f"nothing is compared, since {report.alone}: the state is judged by itself")
        for note in report.notes:
            warn(note)
    show(rendered, last=headline_text(report))
    return EXIT_CODES[report.verdict]
