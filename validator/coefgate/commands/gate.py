"""``coefgate gate``: the verdict on one state of the registry."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.commands.scoring import scores_of
from coefgate.commands.states import (
    audited_samples,
    coverage_of,
    revision_with_samples,
    worktree_with_samples,
)
from coefgate.gates.report import Report, Side, judge
from coefgate.gates.rules import EXIT_CODES
from coefgate.history.repository import Repository
from coefgate.reports.console import emit, print_report
from coefgate.reports.progress import progress
from coefgate.reports.verdicts import verdict_json, verdict_text


@click.command()
@click.option(
    "--at",
    "--head",
    "revision",
    metavar="REV",
    default="worktree",
    show_default=True,
    help="Judge a commit, tag or branch as it was, or the files as they lie in the folder.",
)
@registry_option
@format_option("text", "json")
def command(revision: str, root: Path, output_format: str) -> int:
    """Judge the registry on its stored calls.

    \b
    Examples:
      coefgate gate
      coefgate gate --at HEAD~1 --format json
    """
    with progress("Judging the registry on its stored calls …"):
        report = _report(root, revision)
    if output_format == "json":
        emit(verdict_json(report))
    else:
        print_report(verdict_text(report))
    return EXIT_CODES[report.verdict]


def _report(root: Path, revision: str) -> Report:
    if revision == "worktree":
        state, store = worktree_with_samples(root)
    else:
        with Repository(root) as repository:
            state, store = revision_with_samples(repository, repository.commit(revision))
    registry = state.registry
    audited = audited_samples(store, registry)
    return judge(
        Side(state.revision, state.table.registry_version, state.table.digest),
        scores_of(root, state, audited, ("category", "complexity")),
        registry.gates,
        coverage=coverage_of(audited, registry),
        retired=tuple(store.retired.values()),
    )
