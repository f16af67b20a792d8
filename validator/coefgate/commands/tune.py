"""``coefgate tune``: a fit to the stored calls, and what it is worth on calls it never saw."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import click

from coefgate.commands.options import format_option, registry_option, verbose_option
from coefgate.core.problems import UsageProblem
from coefgate.registry.tuning import MarginChoice
from coefgate.registry.wording import printable
from coefgate.reports.chart import Chart
from coefgate.reports.page import Words
from coefgate.reports.pages.drawn_fit import drawn_fit
from coefgate.reports.pages.tune import options_words, tune_page
from coefgate.reports.pages.tune_document import tune_dict
from coefgate.reports.render.console import progress, show
from coefgate.reports.render.extras import extra
from coefgate.reports.render.formats import rendered
from coefgate.use_cases.tune import Choices, tune, write_figures

_NUMBER: Final = re.compile(r"[0-9](?:\.[0-9]{1,3})?")


@click.command()
@click.option(
    "--write",
    is_flag=True,
    help="Write numbers, margins, intervals and options into the YAML files, and change nothing "
    "else in them.",
)
@click.option(
    "--level",
    metavar="L",
    help="The share of unseen calls that the margin should cover, such as 0.85.",
)
@click.option(
    "--ema",
    metavar="S",
    help="Move numbers only by this share of the difference from the accepted ones, such as "
    "0.3; none: move them all the way.",
)
@click.option(
    "--margins",
    type=click.Choice(("one", "adaptive")),
    help="One margin for all cells, or one for each cell, depending on its number of calls.",
)
@click.option(
    "--reference",
    metavar="PAGE",
    help="The page that explains the numbers; by default the one that they refer to.",
)
@click.option(
    "--figures",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Draw four figures into this folder, as SVG, and show what more calls would bring.",
)
@verbose_option
@registry_option
@format_option("text", "json", "html")
def command(
    write: bool,
    level: str | None,
    ema: str | None,
    margins: MarginChoice | None,
    reference: str | None,
    folder: Path | None,
    rest: Words,
    root: Path,
    output_format: str,
) -> None:
    """Fit the numbers to the stored calls, and measure the fit on unseen calls.

    The procedure is that of coefficients/tuning.yaml; docs/how-to/tuning.md explains it. Options
    override that file, and --write stores them in it.

    \b
    Examples:
      coefgate tune
      coefgate tune --level 0.9 --margins adaptive
      coefgate tune --write --reference docs/calibrations/baseline.md
      coefgate tune --figures docs/calibrations/baseline
    """
    choices = Choices(level=_level(level), ema=_ema(ema), margins=margins)
    asked = {"--level": level, "--ema": ema, "--margins": margins, "--reference": reference}
    drawn = None if folder is None else _drawing()
    with progress("Fitting to the stored calls …"):
        found = tune(
            root,
            choices,
            reference=_page(reference),
            write=write,
            figures="required" if drawn else "if-any" if output_format == "html" else "none",
        )
        if drawn is not None and folder is not None and found.charted is not None:
            blocks = drawn_fit(found.charted, found.state.registry.gates.limits)
            charts = [block.chart() for block in blocks]
            write_figures(folder, {one.name: drawn(one) for one in charts})
        told = rendered(
            output_format,
            lambda: tune_page(found, options_words(asked)),
            lambda: tune_dict(found),
            title="What a fit to the stored calls is worth",
            rest=rest,
        )
    show(told)


def _drawing() -> Callable[[Chart], bytes]:
    """What draws a chart; its library is asked for before anything is fitted."""
    with extra("html", "--figures"):
        from coefgate.reports.render.svg import svg_file
    return svg_file


def _level(text: str | None) -> Fraction | None:
    if text is None:
        return None
    number = _number(text)
    if number is None or not 0 < number < 1:
        raise UsageProblem(
            f"--level {printable(text)}: a level is a number above 0 and below 1 with at most "
            "three decimals, such as 0.85."
        )
    return number


def _ema(text: str | None) -> Fraction | Literal["none"] | None:
    if text is None or text == "none":
        return "none" if text else None
    number = _number(text)
    if number is None or not 0 < number <= 1:
        raise UsageProblem(
            f"--ema {printable(text)}: it is a number above 0, at most 1, with at most three "
            "decimals, such as 0.3, or none."
        )
    return number


def _number(text: str) -> Fraction | None:
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def _page(text: str | None) -> str | None:
    if text is not None and (not text.strip() or text != text.strip() or not text.isprintable()):
        raise UsageProblem(
            f"--reference {printable(text)}: name a page, such as docs/calibrations/baseline.md."
        )
    return text
