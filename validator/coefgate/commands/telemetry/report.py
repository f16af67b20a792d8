"""``coefgate telemetry report``: what recorded calls say by week and stratum."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import (
    format_option,
    registry_if_any_option,
    spelled,
    store_option,
    verbose_option,
)
from coefgate.core.problems import NOT_MEASURABLE, PASS
from coefgate.reports.page import Words
from coefgate.reports.pages.telemetry_report import (
    telemetry_report_document,
    telemetry_report_page,
)
from coefgate.reports.render.console import progress, show
from coefgate.reports.render.formats import rendered
from coefgate.telemetry.cut_off_cost import TokenPrices
from coefgate.telemetry.strata import DIMENSIONS
from coefgate.telemetry.times import week_spelled
from coefgate.use_cases.telemetry_report import BY, telemetry_report


@click.command()
@store_option
@click.option(
    "--week",
    metavar="WEEK",
    callback=spelled(week_spelled),
    help="Only this week, such as 2026-W48 or a day in it; all weeks by default.",
)
@click.option(
    "--by",
    type=click.Choice(DIMENSIONS),
    multiple=True,
    default=BY,
    show_default=True,
    help="How to group the calls; may be given several times.",
)
@click.option(
    "--money",
    is_flag=True,
    help="Show what cut-off replies cost in dollars. Prices come from the package genai-prices; "
    "nothing is fetched.",
)
@verbose_option
@registry_if_any_option
@format_option("text", "json", "markdown", "html")
def command(
    store: str,
    week: int | None,
    by: tuple[str, ...],
    money: bool,
    rest: Words,
    root: Path | None,
    output_format: str,
) -> int:
    """Report on recorded calls by week and stratum, with intervals and what to collect next.

    If a registry is available, its aliases are applied, and its samples decide what to collect
    next. The exit code is 0, or 4 if no call was recorded. See docs/how-to/telemetry.md.

    \b
    Examples:
      coefgate telemetry report
      coefgate telemetry report --week 2026-W48 --by model --money
      coefgate telemetry report --store postgresql://records@db.example.org/records --format json
    """
    with progress("Reading the records …"):
        found = telemetry_report(
            store, week=week, by=by, root=root, prices=_prices() if money else None
        )
        told = rendered(
            output_format,
            lambda: telemetry_report_page(found),
            lambda: telemetry_report_document(found),
            title="What recorded calls say",
            rest=rest,
        )
    show(told)
    return PASS if found.recorded else NOT_MEASURABLE


def _prices() -> TokenPrices:
    from coefgate.telemetry.prices import KNOWN_PRICES

    return KNOWN_PRICES
