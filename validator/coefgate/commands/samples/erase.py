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
    help="Erase every path that holds this text, whatever its case, and leave nothing of it.",
)
@click.option(
    "--field",
    "fields",
    type=click.Choice(TEXTS),
    multiple=True,
    help="Erase the values of this field as well.",
)
@click.option("--reason", metavar="TEXT", required=True, help="Why; it is stored and reported.")
@click.option(
    "--replace-text",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what rewrites the history, for git filter-repo; it holds what has to go.",
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
    """Give salted names to the paths of stored lines: a secret, or a customer's name, must go.

    An ID is that of a line, or how it begins. What is erased is erased in every line that holds
    it. File kinds, equal paths and predictions stay as they are, and the salt is not kept. Old
    commits hold the names until the history is rewritten.

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
