"""A report as files in a folder, for whatever publishes it. Each file is whole or not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from coefgate.gates.report import Report
from coefgate.problems import Problem
from coefgate.reports.problems import annotation
from coefgate.reports.verdicts import (
    problems_markdown,
    verdict_annotations,
    verdict_json,
    verdict_markdown,
)

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


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        # An earlier verdict must not be taken for this one, should the next file never come.
        with suppress(FileNotFoundError):
            (folder / name).unlink()
    for name, text in texts.items():
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, prefix=f".{name}.", delete=False) as file:
            file.write(f"{text}\n")
        Path(file.name).replace(folder / name)
