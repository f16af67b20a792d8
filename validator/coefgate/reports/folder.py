"""A report as files in a folder, for whatever publishes it. Each file is whole or not there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from coefgate.core.atomic_files import write_whole
from coefgate.core.problems import Problem
from coefgate.reports.pages.problems import problems_page
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.pages.verdict_document import verdict_dict
from coefgate.reports.render.github import workflow_commands
from coefgate.reports.render.json import json_text
from coefgate.reports.render.markdown import markdown
from coefgate.use_cases.report import Report

_FILES = ("report.json", "report.md", "annotations.txt")


def write_report(folder: Path, report: Report, below: str) -> None:
    """Write ``report.json``, ``report.md`` and ``annotations.txt`` into ``folder``.

    ``below``: the way to the registry from the top of its repository, for annotations.
    """
    page = list(verdict_page(report))
    _write(folder, json_text(verdict_dict(report)), markdown(page), workflow_commands(page, below))


def write_problems(folder: Path, problems: Sequence[Problem], below: str) -> None:
    """Write what is wrong with an invalid registry; there is no verdict, so no ``report.json``."""
    page = problems_page(problems)
    _write(folder, None, markdown(page), workflow_commands(page, below, most=None))


def clear(folder: Path) -> None:
    """Take away what an earlier run has written, so that nobody takes it for today's answer."""
    for name in _FILES:
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def _write(folder: Path, *texts: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)
    for name, text in zip(_FILES, texts, strict=True):
        if text is not None:
            write_whole(folder / name, f"{text}\n".encode())
