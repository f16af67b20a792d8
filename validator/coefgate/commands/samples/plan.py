"""``coefgate samples plan``: what to collect next."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Final

import click

from coefgate.calibration.collection_plan import Precision
from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import printable
from coefgate.reports.pages.collection_plan import collection_plan_page
from coefgate.reports.pages.collection_plan_document import collection_plan_dict
from coefgate.reports.render.console import progress, show
from coefgate.reports.render.formats import rendered
from coefgate.use_cases.plan_samples import plan_samples

_NUMBER: Final = re.compile(r"[0-9](?:\.[0-9]{1,3})?")


@click.command()
@click.option(
    "--width",
    metavar="W",
    default="0.2",
    show_default=True,
    help="The largest width of the 95% interval of underestimation, end to end: 0.2 is ±10 "
    "points.",
)
@click.option(
    "--factor",
    metavar="F",
    default="1.25",
    show_default=True,
    help="The largest factor by which the numbers behind a prediction may be wrong, at 95%.",
)
@registry_option
@format_option("text", "json")
def command(width: str, factor: str, root: Path, output_format: str) -> None:
    """Say which calls to collect next, and how many each cell needs to decide its figures.

    The plan is computed from the stored calls; see docs/how-to/curation.md.

    \b
    Examples:
      coefgate samples plan
      coefgate samples plan --width 0.1 --format json
    """
    precision = Precision(
        _between("--width", width, 0, 1, "0.2"), _between("--factor", factor, 1, 10, "1.25")
    )
    with progress("Working out what each cell leaves open …"):
        found = plan_samples(root, precision)
        told = rendered(
            output_format, lambda: collection_plan_page(found), lambda: collection_plan_dict(found)
        )
    show(told)


def _between(option: str, text: str, low: int, high: int, example: str) -> Fraction:
    number = Fraction(text) if _NUMBER.fullmatch(text) else None
    if number is None or not low < number < high:
        raise UsageProblem(
            f"{option} {printable(text)}: it is a number above {low} and below {high} with at "
            f"most three decimals, such as {example}."
        )
    return number
