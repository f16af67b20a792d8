"""``coefgate check``: strict reading, every problem at once. Imports neither pandas nor numpy."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option, revision_option
from coefgate.core.problems import INVALID, PASS
from coefgate.reports.pages.problems import check_dict, check_page
from coefgate.reports.render.console import progress, warn
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.check import check
from coefgate.use_cases.registry_folder import folder_in_repository


@click.command()
@click.argument(
    "paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path, exists=True)
)
@revision_option(
    "--head",
    metavar="REV|index|worktree|hook",
    told="What to check: `worktree` (the default), `index` for staged changes, a commit, or "
    "`hook` inside a pre-commit hook.",
)
@registry_option
@format_option("text", "json", "github")
def command(paths: tuple[Path, ...], head: str | None, root: Path, output_format: str) -> int:
    """Check coefficients and samples strictly, and report every problem.

    Coefficients are always read as a whole, because they refer to each other. PATH limits which
    sample files are read; without PATH all of them are.

    \b
    Examples:
      coefgate check
      coefgate check coefficients/overhead/docs.yaml
      coefgate check --head index
      coefgate check --format github
    """
    with progress("Reading coefficients and samples …"):
        found = check(root, head=head, paths=paths)
    folder = folder_in_repository(root) if output_format == "github" else ""
    if not found.problems:
        for note in found.notes:
            warn(note)
    of = found.problems, found.files, found.samples
    show_as(output_format, lambda: check_page(*of), lambda: check_dict(*of), folder=folder)
    return INVALID if found.problems else PASS
