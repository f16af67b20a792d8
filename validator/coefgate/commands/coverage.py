"""``coefgate coverage``: which cells have how many stored calls, and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.reports.pages.coverage import coverage_document, coverage_page
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.coverage import coverage


@click.command()
@registry_option
@format_option("text", "json")
def command(root: Path, output_format: str) -> None:
    """Show how many stored calls each cell has, and what is missing.

    \b
    Example:
      coefgate coverage
    """
    found = coverage(root)
    of = found.coverage, found.fallbacks
    complexities = found.state.registry.complexities
    today = datetime.now(UTC).date()
    show_as(
        output_format,
        lambda: coverage_page(*of, complexities, today),
        lambda: coverage_document(*of),
    )
