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
    """Ingest the spool of this store, and send the store at URL the records that it lacks.

    If the command is interrupted, nothing is lost, and the next run sends the rest. You can let
    cron run it every minute. If the server does not answer, the command tries again for a minute,
    and then ends with exit code 5.

    \b
    Examples:
      coefgate telemetry ship postgresql://records@db.example.org/records
      coefgate telemetry ship team.db --store telemetry.db
    """
    with progress("Shipping records …"):
        found = ship_store(target, store)
    show_as(output_format, lambda: shipped_page(found), lambda: shipped_dict(found))
    return PASS if is_whole(found.shipped.records) else INVALID
