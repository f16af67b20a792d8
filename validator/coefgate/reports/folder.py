"""A report as files in a folder, for whatever publishes it. Each file is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from coefgate.core.problems import Problem
from coefgate.reports.problem_markdowns import problems_markdown
from coefgate.reports.problems import annotation
from coefgate.reports.verdict_annotations import verdict_annotations
from coefgate.reports.verdict_dicts import verdict_json
from coefgate.reports.verdict_markdowns import verdict_markdown
from coefgate.use_cases.report import Report

_FILES = ("report.json", "report.md", "annotations.txt")


def write_report(folder: Path, report: Report, below: str) -> None:
    """Write ``report.json``, ``report.md`` and ``annotations.txt`` into ``folder``.

    ``below``: the way to the registry from the top of its repository, for annotations.
    """
    texts = (verdict_json(report), verdict_markdown(report), verdict_annotations(report, below))
    _write(folder, dict(zip(_FILES, texts, strict=True)))


def write_problems(folder: Path, problems: Sequence[Problem], below: str) -> None:
    """Write what is wrong with an invalid registry; there is no verdict, so no ``report.json``."""
    _write(
        folder,
        {
            "report.md": problems_markdown(problems),
            "annotations.txt": "\n".join(annotation(problem, below) for problem in problems),
        },
    )


def clear(folder: Path) -> None:
    """Take away what an earlier run has written: it must not be taken for an answer that never came."""
    for name in _FILES:
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)
    for name, text in texts.items():
        beside = folder / f".{name}.{os.getpid()}"
        try:
            beside.write_text(f"{text}\n", encoding="utf-8")
            beside.replace(folder / name)
        finally:
            beside.unlink(missing_ok=True)
