"""``coefgate samples erase``: names that have to go from stored lines get salted ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.reports.pages.erased import erased_dict, erased_page
from coefgate.reports.render.formats import show_as
from coefgate.samples.erasure import TEXTS
from coefgate.use_cases.erase import ToErase, erase


@click.command()
@click.argument("ids", metavar="[ID ...]", nargs=-1)
@click.option(
    "--holding",
    metavar="TEXT",
    multiple=True,
    help="Erase every path that contains this text, in any case of letters, also in names that "
    "are otherwise kept.",
)
@click.option(
    "--field",
    "fields",
    type=click.Choice(TEXTS),
    multiple=True,
    help="Also erase the values of this field.",
)
@click.option(
    "--reason", metavar="TEXT", required=True, help="The reason, which is stored and reported."
)
@click.option(
    "--replace-text",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the replacements that git filter-repo needs to rewrite the history. This file "
    "contains the erased names.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and write nothing.")
@registry_option
@format_option("text", "json")
def command(
    ids: Sequence[str],
    holding: Sequence[str],
    fields: Sequence[str],
    reason: str,
    replace_text: Path | None,
    dry_run: bool,
    root: Path,
    output_format: str,
) -> None:
    """Replace secret or private names in the paths of stored lines with salted ones.

    ID is the id of a line, or its beginning. A path is erased in every line that contains it. File
    kinds, equality of paths and predictions do not change, and the salt is not kept. Old commits
    contain the names until you rewrite the history.

    \b
    Examples:
      coefgate samples erase 29726a5c7145 --reason "a customer's name"
      coefgate samples erase --holding acme --reason "a customer's name" --dry-run
    """
    wanted = ToErase(reason, ids, holding, fields)
    found = erase(root, wanted, replace_text=replace_text, dry_run=dry_run)
    show_as(
        output_format,
        lambda: erased_page(found, dry_run=dry_run),
        lambda: erased_dict(found, dry_run=dry_run),
    )
