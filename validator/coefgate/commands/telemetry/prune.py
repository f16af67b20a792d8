"""``coefgate telemetry prune``: old records are taken out of a store."""

from __future__ import annotations

import click

from coefgate.commands.options import format_option, store_option
from coefgate.core.problems import UsageProblem
from coefgate.reports.pages.telemetry_store import pruned_dict, pruned_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.runner.record_values import now
from coefgate.telemetry.times import moment_of
from coefgate.use_cases.telemetry_store import prune_store


@click.command()
@click.option(
    "--before",
    metavar="MOMENT",
    required=True,
    help="Remove calls that began before this moment: an age (26w), a day (2026-06-01) or a time.",
)
@click.option(
    "--kept-in",
    metavar="PATH|URL",
    help="The store that keeps the records; nothing is removed unless it has every one, "
    "unchanged.",
)
@click.option(
    "--forget", is_flag=True, help="Remove the records even if they are not kept elsewhere."
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@store_option
@format_option("text", "json")
def command(
    before: str, kept_in: str | None, forget: bool, dry_run: bool, store: str, output_format: str
) -> None:
    """Remove records of old calls that are kept elsewhere or may be forgotten.

    The store remembers that these records existed, so pruned records never count as lost. For a
    live recorder, only records before its first unfinished call are removed.

    \b
    Examples:
      coefgate telemetry prune --before 26w --kept-in postgresql://records@db.example.org/records
      coefgate telemetry prune --before 2026-01-01 --forget --dry-run
    """
    if forget == (kept_in is not None):
        raise UsageProblem(
            "Say with --kept-in STORE where the records are kept, or with --forget that they are "
            "not: one of the two."
        )
    with progress("Looking for old records …"):
        found = prune_store(
            store, before=moment_of(before, now=now()), kept_in=kept_in, dry_run=dry_run
        )
    show_as(output_format, lambda: pruned_page(found), lambda: pruned_dict(found))
