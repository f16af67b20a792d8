"""``coefgate telemetry export``: records are taken away in a file."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import since_option, store_option
from coefgate.reports.pages.telemetry_store import exported_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.runner.record_values import now
from coefgate.telemetry.times import moment_of
from coefgate.use_cases.telemetry_store import export_store


@click.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@since_option("Only calls that began at or after")
@click.option(
    "--until", metavar="MOMENT", help="Only calls that began before this moment, in the same form."
)
@store_option
def command(target: Path, since: str | None, until: str | None, store: str) -> None:
    """Write records to FILE: .parquet and .csv for tables, .jsonl for another store.

    FILE is written completely or not at all, and no file is overwritten. Only .jsonl also contains
    what is known about recorders, so coefgate telemetry ingest can restore everything from it.

    \b
    Examples:
      coefgate telemetry export calls.parquet
      coefgate telemetry export november.csv --since 2026-11-01 --until 2026-12-01
    """
    at = now()
    from_, to = (None if one is None else moment_of(one, now=at) for one in (since, until))
    with progress("Writing records …"):
        found = export_store(store, target, since=from_, until=to)
    show_as("text", lambda: exported_page(found), lambda: None)
