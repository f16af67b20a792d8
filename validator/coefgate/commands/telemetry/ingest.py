"""``coefgate telemetry ingest``: records are brought into a store."""

from __future__ import annotations

import click

from coefgate.commands.options import format_option, store_option
from coefgate.core.problems import INVALID, PASS
from coefgate.reports.pages.telemetry_store import filled_dict, filled_page, is_whole
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.telemetry_store import fill


@click.command()
@click.argument("sources", metavar="[SRC]…", nargs=-1)
@store_option
@format_option("text", "json")
def command(sources: tuple[str, ...], store: str, output_format: str) -> int:
    """Add records to the store: first those waiting in its spool, then those in SRC.

    SRC are other stores, spool folders left elsewhere, or files written by coefgate telemetry
    export. They are not changed. A record that the store already has is skipped, and no record is
    ever changed. If records are refused, they are counted by reason, and the exit code is 3.

    \b
    Examples:
      coefgate telemetry ingest
      coefgate telemetry ingest other.db calls.jsonl --store team.db
    """
    with progress("Taking records in …"):
        found = fill(store, sources)
    show_as(output_format, lambda: filled_page(found), lambda: filled_dict(found))
    return PASS if all(is_whole(added) for _, added in found.sources) else INVALID
