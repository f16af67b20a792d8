"""``coefgate telemetry ship``: what another store lacks is brought there."""

from __future__ import annotations

import click

from coefgate.commands.options import format_option, store_option
from coefgate.core.problems import INVALID, PASS
from coefgate.reports.pages.telemetry_store import is_whole, shipped_dict, shipped_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.telemetry_store import ship_store


@click.command()
@click.argument("target", metavar="URL")
@store_option
@format_option("text", "json")
def command(target: str, store: str, output_format: str) -> int:
    """Bring to the store at URL what it lacks of this one, whose spool is taken in first.

    Whatever ends it, nothing is lost, and the next run sends the rest: let cron run it every
    minute. A server that does not answer is tried again for a minute; then the exit code is 5.

    \b
    Examples:
      coefgate telemetry ship postgresql://records@db.example.org/records
      coefgate telemetry ship team.db --store telemetry.db
    """
    with progress("Shipping records …"):
        found = ship_store(target, store)
    show_as(output_format, lambda: shipped_page(found), lambda: shipped_dict(found))
    return PASS if is_whole(found.shipped.records) else INVALID
