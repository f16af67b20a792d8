"""``coefgate samples import``: the calls of other tools' logs become samples."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option_unless
from coefgate.commands.samples.foreign_options import foreign_options
from coefgate.reports.pages.imported import import_dict, import_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.runner.exit_code import emit
from coefgate.use_cases.import_samples import import_samples, proposed_mapping
from coefgate.use_cases.new_calls import ForeignOptions


@click.command()
@click.argument("format_name", metavar="FORMAT")
@click.argument("sources", metavar="SRC…", nargs=-1, required=True)
@click.option(
    "--guess",
    is_flag=True,
    is_eager=True,
    help="Print a mapping file guessed from the names and values in SRC, and store nothing.",
)
@click.option(
    "--origin",
    metavar="NAME",
    help="The folder of samples/ for the calls; named after FORMAT by default.",
)
@foreign_options
@click.option("--dry-run", is_flag=True, help="Say what would be stored, and write nothing.")
@registry_option_unless("guess")
@format_option("text", "json")
def command(
    format_name: str,
    sources: tuple[str, ...],
    guess: bool,
    foreign: ForeignOptions,
    dry_run: bool,
    root: Path,
    output_format: str,
) -> None:
    """Store the calls in SRC (files, folders, or - for standard input), written in FORMAT.

    Records that cannot become samples are left out, and the report counts them with the reasons.
    Calls that are already stored are not stored twice, even from a file with another name. New
    calls go into a new file.

    \b
    Examples:
      coefgate samples import claude-code ~/.claude/projects --dry-run
      coefgate samples import csv calls.csv --guess > columns.yaml
      coefgate samples import csv calls.csv --map columns.yaml
    """
    if guess:
        emit(proposed_mapping(format_name, sources).rstrip("\n"))
        return
    with progress("reading calls"):
        found = import_samples(format_name, sources, root, foreign, dry_run=dry_run)
    show_as(output_format, lambda: import_page(found), lambda: import_dict(found))
