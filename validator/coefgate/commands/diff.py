"""``coefgate diff``: what lies between two states, and what it does to predictions."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.completion import revision_completion
from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.reports.pages.difference import difference_dict, difference_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.diff import diff


@click.command()
@click.argument("base", metavar="[BASE]", default="HEAD", shell_complete=revision_completion)
@click.argument("head", metavar="[HEAD]", required=False, shell_complete=revision_completion)
@registry_or_bare_option
@format_option("text", "json")
def command(base: str, head: str | None, root: Path, output_format: str) -> None:
    """Show what differs between two states, and the effect on predictions.

    Each state is a commit, a tag, a branch, `index` for staged changes, or `worktree`. BASE
    defaults to the commit HEAD, and HEAD to the files in the folder. Both states are scored on the
    calls that are in the folder now, in the scope of its gates.yaml; in a bare repository, on
    those of the second state.

    \b
    Examples:
      coefgate diff
      coefgate diff HEAD~1
      coefgate diff main my-branch --format json
    """
    with progress("Comparing on the stored calls …"):
        found = diff(root, base, head)
    show_as(output_format, lambda: difference_page(found), lambda: difference_dict(found))
