"""``coefgate coverage``: which cells have how many stored calls, and what is missing."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import PASS
from coefgate.git.checkout_tree import checkout
from coefgate.replay.fallbacks import fallbacks_of
from coefgate.replay.serving import coverage_of
from coefgate.reports.console import emit, print_report
from coefgate.reports.coverages import coverage_json, coverage_text
from coefgate.use_cases.state import read_state


@click.command()
@registry_option
@format_option("text", "json")
def command(root: Path, output_format: str) -> int:
    """Show which cells have how many stored calls, and what is missing.

    \b
    Example:
      coefgate coverage
    """
    with checkout(root) as folder:
        state = read_state(folder, folder.repository)
    audited = state.audited()
    found = coverage_of(audited, state.registry, state.table)
    fallen = fallbacks_of(audited, state.table)
    if output_format == "json":
        emit(coverage_json(found, fallen))
    else:
        print_report(coverage_text(found, fallen, state.registry.complexities))
    return PASS
