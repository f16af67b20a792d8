"""``coefgate monitor``: recorded calls are watched by the guardrails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from coefgate.commands.options import format_option, registry_option, store_option
from coefgate.core.problems import GATE_FAILED, NOT_MEASURABLE, PASS
from coefgate.reports.pages.monitor import monitor_dict, monitor_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.telemetry.alarms.alarm import AlarmAnswer
from coefgate.telemetry.alarms.watch import ALARMS
from coefgate.telemetry.strata import ALL, DIMENSIONS
from coefgate.telemetry.times import moment_spelled, week_spelled
from coefgate.use_cases.monitoring.monitor import BY, monitor

_CODES: Final[dict[AlarmAnswer, int]] = {
    "fine": PASS,
    "alert": GATE_FAILED,
    "cannot-tell": NOT_MEASURABLE,
}


def _spelled(read: Callable[[str], int]) -> Callable[..., int | None]:
    def found(
        _context: click.Context, _parameter: click.Parameter, text: str | None
    ) -> int | None:
        try:
            return None if text is None else read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return found


@click.command()
@store_option
@click.option(
    "--since",
    metavar="WEEK",
    callback=_spelled(week_spelled),
    help="The first week to judge, such as 2026-W48 or a day of it; the last one that is over "
    "unless given.",
)
@click.option(
    "--week", metavar="WEEK", callback=_spelled(week_spelled), help="Judge this week alone."
)
@click.option(
    "--until",
    metavar="MOMENT",
    callback=_spelled(moment_spelled),
    help="As if it was this moment, such as 2026-11-23T09:00:00Z: without what ended later.",
)
@click.option(
    "--by",
    type=click.Choice([one for one in DIMENSIONS if one != ALL]),
    multiple=True,
    default=BY,
    show_default=True,
    help="What a week's calls are grouped by; may be given several times.",
)
@click.option(
    "--only", type=click.Choice(ALARMS), multiple=True, help="These alarms alone, not all."
)
@click.option(
    "--act",
    "act_on_it",
    is_flag=True,
    help="Carry out a rollback that is proved, in a clone of its own, and push it; once for a "
    "week, whoever tries.",
)
@registry_option
@format_option("text", "json", "markdown")
def command(
    store: str,
    since: int | None,
    week: int | None,
    until: int | None,
    by: tuple[str, ...],
    only: tuple[Any, ...],
    act_on_it: bool,
    root: Path,
    output_format: str,
) -> int:
    """Watch recorded calls by the guardrails: what is wrong, what proves it, and what ends it.

    Each alarm has three answers: fine, alert, and that nobody can tell, as where nothing was
    recorded. Exit codes: 0 fine, 1 alert, 4 cannot tell. More: docs/monitoring.md.

    \b
    Examples:
      coefgate monitor
      coefgate monitor --store postgresql://records@db.example.org/records --since 2026-W40
      coefgate monitor --week 2026-W48 --only truncation-rate
    """
    found = monitor(
        root,
        store,
        since=since,
        week=week,
        now=until,
        by=by,
        only=only,
        act_on_it=act_on_it,
        progress=progress,
    )
    show_as(output_format, lambda: monitor_page(found), lambda: monitor_dict(found))
    return _CODES[found.answer]
