"""``coefgate history``: every value that a number had, and who gave it."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.completion import value_completion
from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.reports.pages.history import CUT, history_dict, history_page
from coefgate.reports.render.console import progress, warn
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.history import history


@click.command()
@click.argument("name", metavar="NAME", shell_complete=value_completion)
@registry_or_bare_option
@format_option("text", "json")
def command(name: str, root: Path, output_format: str) -> None:
    """Show every number that a value has had, who wrote it and when.

    The newest comes first. The command follows the first parents of HEAD, so a value dates from
    the merge that brought it, and its author is that of the merged commit that set it. A category
    is followed through its former names.

    \b
    Examples:
      coefgate history docs.low
      coefgate history margin.default --format json
    """
    with progress("Reading the history …"):
        life = history(root, name)
    if life.cut:
        warn(CUT)
    show_as(output_format, lambda: history_page(life), lambda: history_dict(life))
