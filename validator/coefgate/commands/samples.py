"""``coefgate samples``: look at the stored calls, and add new ones."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.commands.states import audited_samples, worktree_with_samples
from coefgate.problems import PASS, UsageProblem
from coefgate.reports.audits import added_text, audit_json, audit_text
from coefgate.reports.console import emit, print_report
from coefgate.samples.store import add_file


@click.group()
def command() -> None:
    """Look at the stored calls, and add new ones.

    \b
    Examples:
      coefgate samples audit
      coefgate samples add new-calls.jsonl
    """


@command.command()
@registry_option
@format_option("text", "json")
def audit(root: Path, output_format: str) -> int:
    """Count the stored calls by status, and say why each one that is not scored is not.

    \b
    Example:
      coefgate samples audit
    """
    state, store = worktree_with_samples(root)
    audited = audited_samples(store, state.registry)
    if output_format == "json":
        emit(audit_json(audited))
    else:
        print_report(audit_text(audited))
    return PASS


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@registry_option
def add(file: Path, root: Path) -> int:
    """Store the calls of FILE, JSON Lines in the sample format, as one new file of samples/.

    A line without an id gets it. Calls that are stored already are not stored twice. Either all of FILE
    is good and stored, or nothing is.

    \b
    Example:
      coefgate samples add new-calls.jsonl
    """
    if not file.is_file():
        raise UsageProblem(f"{file} is no regular file. Name a file of JSON Lines.")
    emit(added_text(add_file(file, root)))
    return PASS
