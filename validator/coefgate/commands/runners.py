"""``coefgate runners``: who runs on what, from the records of calls."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option, since_option, store_option
from coefgate.reports.pages.runners import runners_document, runners_page
from coefgate.reports.render.formats import show_as
from coefgate.runner.record_values import now
from coefgate.telemetry.alarms.alarm import ANSWER_CODES
from coefgate.telemetry.times import moment_of
from coefgate.use_cases.runners import who_runs_on_what


@click.command()
@store_option
@since_option("Only calls since then count as recent", default="1d")
@registry_option
@format_option("text", "json", "markdown")
def command(store: str, since: str, root: Path, output_format: str) -> int:
    """Show which coefficients runners use, and who still uses withdrawn ones.

    Tags and yanked.yaml of this clone say what was withdrawn, so run git pull --tags first. Calls
    made after a rollback show how long it took. A runner without such a call does not count as
    back.

    Exit codes: 0 no runner uses withdrawn coefficients, 1 at least one does, 4 cannot tell.

    \b
    Examples:
      coefgate runners
      coefgate runners --store postgresql://records@db.example.org/records --since 6h
    """
    at = now()
    found = who_runs_on_what(store, root, now=at, since=moment_of(since, now=at))
    show_as(output_format, lambda: runners_page(found), lambda: runners_document(found))
    return ANSWER_CODES[found.answer]
