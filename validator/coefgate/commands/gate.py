"""``coefgate gate``: the verdict on a proposal, or on one state of the registry."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import click

from coefgate.commands.options import (
    format_option,
    registry_or_repository_option,
    revision_option,
    verbose_option,
)
from coefgate.core.atomic_files import write_whole
from coefgate.core.problems import EnvironmentProblem, InvalidInput
from coefgate.gates.verdict import EXIT_CODES
from coefgate.publishing.file_links import FileLinks, file_links
from coefgate.registry.number_history import NumberHistory
from coefgate.reports.page import Block, Page, Words, code, every_block, plain, spans
from coefgate.reports.pages.problems import problems_page
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.pages.verdict_document import verdict_dict
from coefgate.reports.render.console import progress, show, warn
from coefgate.reports.render.formats import first_chart, html_format, rendered, show_as
from coefgate.reports.render.github import SHOWN, workflow_commands
from coefgate.reports.render.json import json_text
from coefgate.reports.render.markdown import markdown
from coefgate.use_cases.history import histories_of
from coefgate.use_cases.judge import judge_registry
from coefgate.use_cases.registry_folder import folder_in_repository, keep_out_of_the_registry
from coefgate.use_cases.report import ASKED_FOR, Report

_FILES: Final = ("report.json", "report.md", "annotations.txt", "report.html", "chart.png")
"""What is left in a folder for whatever publishes it. Each file is whole or not there."""

_TITLE: Final = "The verdict of coefgate gate"


@click.command()
@revision_option(
    "--base",
    told="The accepted state that judges. By default, the tip of the proposal's target branch "
    "as CI states it, or else of the default branch. If the proposal does not contain that tip, "
    "the newest commit of the branch's own line (its first parents) that it contains.",
)
@revision_option(
    "--head",
    metavar="REV|index|worktree|hook",
    told="What to judge: a commit, staged changes, or the files in the folder (the default); "
    "`hook` is the change that a pre-commit hook runs on.",
)
@revision_option(
    "--at",
    "revision",
    told="Judge one commit by itself, with its own samples and thresholds.",
)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write report.json, report.md and annotations.txt into this folder. If the "
    "packages for them are installed, also write report.html and its first chart, chart.png.",
)
@verbose_option
@registry_or_repository_option
@format_option("text", "json", "markdown", "github", "html")
def command(
    base: str | None,
    head: str | None,
    revision: str | None,
    output: Path | None,
    rest: Words,
    root: Path,
    output_format: str,
) -> int:
    """Judge a change to the registry on its stored calls.

    The accepted state (base) judges with its thresholds; the proposal contributes coefficients and
    added samples. docs/reference/gates.md explains every rule.

    \b
    Examples:
      coefgate gate
      coefgate gate --base origin/main --head HEAD --format markdown
      coefgate gate --at v1.2.0 --format json
      coefgate gate --format html > report.html
    """
    if output is not None:
        keep_out_of_the_registry(output, root)
        _clear(output)
    # GitHub looks for the files of annotations from the top of the repository.
    folder = folder_in_repository(root) if output is not None or output_format == "github" else ""
    try:
        with progress("Judging the registry on its stored calls …"):
            report = judge_registry(root, base=base, head=head, at=revision)
            page = partial(verdict_page, report, _histories(root, report, output, output_format))
            told = rendered(  # which draws the intervals that it shows
                output_format,
                page,
                lambda: verdict_dict(report),
                folder=folder,
                most=SHOWN,
                title=_TITLE,
                rest=rest and (*spans(rest), plain("; as files: add "), code("--output DIR")),
            )
            if output is not None:
                document = json_text(verdict_dict(report))
                links = file_links(os.environ, report.head.revision, folder)
                _write(output, document, page(), folder, SHOWN, links)
    except InvalidInput as error:
        problems = error.problems
        if output is not None:
            _write(output, None, problems_page(problems), folder, None)
        if output_format not in {"text", "json"}:  # else standard error is where they are told
            problem = partial(problems_page, problems)
            show_as(output_format, problem, dict, folder=folder, title=_TITLE)
        raise
    return tell_verdict(report, told)


def _histories(
    root: Path, report: Report, output: Path | None, output_format: str
) -> Sequence[NumberHistory]:
    """Where they are shown: to read them takes longer than to judge."""
    if report.comparison is None or (output is None and output_format != "html"):
        return ()
    changes = (one for effect in report.comparison.changes for one in effect.changes)
    return histories_of(root, changes, revision=report.head.revision)


def tell_verdict(report: Report, told: str | Page) -> int:
    """Print a verdict as ``told``; the exit code is that of the verdict.

    A page for a reader holds the report's notes; beside a text they stand on standard error.
    """
    if isinstance(told, str):
        if report.alone not in {None, ASKED_FOR}:
            warn(f"nothing is compared, since {report.alone}: the state is judged by itself")
        for note in report.notes:
            warn(note)
    show(told)
    return EXIT_CODES[report.verdict]


def _clear(folder: Path) -> None:
    """Take away what an earlier run has written, so that nobody takes it for today's answer."""
    for name in _FILES:
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def _write(
    folder: Path,
    document: str | None,
    page: Page,
    below: str,
    most: int | None,
    links: FileLinks | None = None,
) -> None:
    """Write what there is; an invalid registry has no document, but all its problems.

    ``below``: the way to the registry from the top of its repository, for annotations. ``links``:
    where a forge shows them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    blocks = list(every_block(page))
    annotations = workflow_commands(blocks, below, most=most)
    texts = (document, markdown(blocks, links), annotations)
    contents = [None if text is None else f"{text}\n".encode() for text in texts]
    for name, content in zip(_FILES, (*contents, *_drawn(blocks)), strict=True):
        if content is not None:
            write_whole(folder / name, content)


def _drawn(page: Sequence[Block]) -> tuple[bytes | None, bytes | None]:
    """As HTML, and its first chart; ``None``, and word of it, where these cannot be made here."""
    try:
        write = html_format("report.html")
    except EnvironmentProblem as error:
        warn(f"{error}")
        return None, None
    return f"{write(page, _TITLE)}\n".encode(), first_chart(page)
