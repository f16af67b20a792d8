"""``coefgate coverage``: which cells have how many stored calls, and what is missing."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.commands.states import audited_samples, coverage_of, worktree_with_samples
from coefgate.problems import PASS
from coefgate.reports.console import emit, print_report
from coefgate.reports.coverages import coverage_json, coverage_text


@click.command()
@registry_option
@format_option("text", "json")
def command(root: Path, output_format: str) -> int:
    """Show which cells have how many stored calls, and what is missing.

    \b
    Example:
      coefgate coverage
    """
    state, store = worktree_with_samples(root)
    found = coverage_of(audited_samples(store, state.registry), state.registry)
    if output_format == "json":
        emit(coverage_json(found))
    else:
        print_report(coverage_text(found, state.registry.complexities))
    return PASS
