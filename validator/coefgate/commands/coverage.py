"""``coefgate coverage``: which cells have how many stored calls, and what is missing."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import PASS
from coefgate.reports.console import emit, print_report
from coefgate.reports.coverages import coverage_json, coverage_text
from coefgate.use_cases.coverage import coverage


@click.command()
@registry_option
@format_option("text", "json")
def command(root: Path, output_format: str) -> int:
    """Show which cells have how many stored calls, and what is missing.

    \b
    Example:
      coefgate coverage
    """
    found = coverage(root)
    if output_format == "json":
        emit(coverage_json(found.coverage, found.fallbacks))
    else:
        complexities = found.state.registry.complexities
        print_report(coverage_text(found.coverage, found.fallbacks, complexities))
    return PASS
