"""``coefgate telemetry status``: what a store holds, and whether all of it arrived."""

from __future__ import annotations

import click

from coefgate.commands.options import format_option, store_option
from coefgate.reports.pages.telemetry_status import status_dict, status_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.runner.record_values import now
from coefgate.use_cases.telemetry_store import look_at


@click.command()
@store_option
@format_option("text", "json")
def command(store: str, output_format: str) -> None:
    """Show what the store contains, how old its last record is, and what was lost or is waiting.

    \b
    Examples:
      coefgate telemetry status
      coefgate telemetry status --store team.db --format json
    """
    with progress("Looking at every record …"):
        found = look_at(store, at=now())
    show_as(output_format, lambda: status_page(found), lambda: status_dict(found))
