"""Pages in the formats that tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.console import Console

from coefgate.core.problems import Problem
from coefgate.reports.page import Page
from coefgate.reports.pages.problems import problems_page
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.github import workflow_commands
from coefgate.reports.render.markdown import markdown
from coefgate.reports.render.text import text
from coefgate.use_cases.report import Report


def printed(page: Page, width: int = 132) -> str:
    """A page on a terminal of this width."""
    console = Console(
        file=StringIO(), width=width, color_system=None, markup=False, highlight=False
    )
    for part in text(page):
        console.print(part, crop=False)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def verdict_markdown(report: Report) -> str:
    return markdown(verdict_page(report))


def verdict_annotations(report: Report) -> str:
    return workflow_commands(verdict_page(report))


def problems_markdown(problems: Sequence[Problem]) -> str:
    return markdown(problems_page(problems))
