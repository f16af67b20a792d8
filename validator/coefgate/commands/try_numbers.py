"""``coefgate try``: the gate's answer for other numbers, before any file is edited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from coefgate.commands.completion import value_completion
from coefgate.commands.gate import tell_verdict
from coefgate.commands.options import (
    format_option,
    registry_option,
    revision_option,
    verbose_option,
)
from coefgate.core.problems import UsageProblem
from coefgate.reports.page import Words
from coefgate.reports.pages.trial import trial_dict, trial_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import rendered
from coefgate.use_cases.try_numbers import try_numbers


@click.command()
@click.argument("words", metavar="NAME=VALUE ...", nargs=-1, shell_complete=value_completion)
@revision_option(
    "--base",
    told="The accepted state that judges, as for `coefgate gate`.",
)
@click.option(
    "--range",
    "ranges",
    metavar="NAME",
    multiple=True,
    shell_complete=value_completion,
    help="Show which numbers of this value pass, and where each rule changes its verdict.",
)
@click.option(
    "--write",
    is_flag=True,
    help="Write the numbers into the YAML files, and remove acknowledgements of former ones.",
)
@verbose_option
@registry_option
@format_option("text", "json", "markdown")
def command(
    words: Sequence[str],
    base: str | None,
    ranges: Sequence[str],
    write: bool,
    rest: Words,
    root: Path,
    output_format: str,
) -> int:
    """Try other numbers: show the gate's verdict without editing a file.

    VALUE is a number (1800, 1.25), or a change (+10%, -5%) or a factor (x1.2) of the number in the
    folder. The exit code is that of the verdict, also with --write.

    \b
    Examples:
      coefgate try docs.low=1800 marginal.create.test=+10%
      coefgate try --range docs.low
      coefgate try docs.low=1800 --write
    """
    if len(ranges) > 1:
        raise UsageProblem("--range is given twice. Ask for one range at a time.")
    ranged = next(iter(ranges), None)
    if not words and ranged is None:
        raise UsageProblem(
            "nothing to try. Name a value: coefgate try docs.low=1800, or --range docs.low."
        )
    if write and not words:
        raise UsageProblem(
            "--write has nothing to write. Name a value: coefgate try docs.low=1800 --write"
        )
    with progress("Judging the trial …"):
        answer = try_numbers(root, words, base=base, ranged=ranged, write=write)
        # Either draws the intervals that it shows.
        told = rendered(
            output_format, lambda: trial_page(answer), lambda: trial_dict(answer), rest=rest
        )
    return tell_verdict(answer.report, told)
