"""``coefgate samples import``: the calls of other tools' logs become samples."""

from __future__ import annotations

import os
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.reports.pages.imported import import_dict, import_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.runner.exit_code import emit
from coefgate.samples.foreign_call import SampleUnit
from coefgate.use_cases.import_samples import import_samples, proposed_mapping
from coefgate.use_cases.path_salt import path_salt


@click.command()
@click.argument("format_name", metavar="FORMAT")
@click.argument("sources", metavar="SRC…", nargs=-1, required=True)
@click.option(
    "--map",
    "map_file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Which columns hold what (csv, jsonl), or what phases were asked for (autopack-log).",
)
@click.option(
    "--labels",
    "label_file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Category and complexity of calls by phase, run, path or time: CSV, JSON Lines or YAML.",
)
@click.option(
    "--guess",
    is_flag=True,
    help="Print a mapping file, guessed from the names and values of SRC; store nothing.",
)
@click.option(
    "--origin",
    metavar="NAME",
    help="The folder of samples/ that the calls go to; named after FORMAT unless given.",
)
@click.option(
    "--unit",
    type=click.Choice(("call", "turn")),
    help="What a sample tells of: one request, or the sum of a turn; that of the registry unless "
    "given.",
)
@click.option(
    "--workspace",
    metavar="DIR",
    help="The folder that absolute paths are relative to, in the place of what the source says.",
)
@click.option(
    "--redact-paths",
    is_flag=True,
    help="Store salted names in the place of paths; predictions stay the same.",
)
@click.option(
    "--salt-file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Where the salt of --redact-paths is; COEFGATE_PATH_SALT unless given.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be stored, and write nothing.")
@registry_option
@format_option("text", "json")
def command(
    format_name: str,
    sources: tuple[str, ...],
    map_file: Path | None,
    label_file: Path | None,
    guess: bool,
    origin: str | None,
    unit: SampleUnit | None,
    workspace: str | None,
    redact_paths: bool,
    salt_file: Path | None,
    dry_run: bool,
    root: Path,
    output_format: str,
) -> None:
    """Store the calls that SRC (files, folders, or - for standard input) tell in FORMAT.

    What makes no sample is left out, counted, and named with its reason. Calls that are stored
    already are not stored twice, also from a file of another name; new ones come in a new file.

    \b
    Examples:
      coefgate samples import claude-code ~/.claude/projects --dry-run
      coefgate samples import csv calls.csv --guess > columns.yaml
      coefgate samples import csv calls.csv --map columns.yaml
    """
    if guess:
        emit(proposed_mapping(format_name, sources).rstrip("\n"))
        return
    salt = path_salt(salt_file, os.environ, root) if redact_paths else None
    with progress("reading calls"):
        found = import_samples(
            format_name,
            sources,
            root,
            origin=origin,
            unit=unit,
            map_file=map_file,
            label_file=label_file,
            workspace=workspace,
            redact_with=salt,
            dry_run=dry_run,
        )
    show_as(output_format, lambda: import_page(found), lambda: import_dict(found))
