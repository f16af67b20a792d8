"""``coefgate samples propose``: some of many calls, as a commit on a branch."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.reports.pages.proposed_samples import proposed_dict, proposed_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.samples.facts import stated_facts
from coefgate.use_cases.propose_samples import BRANCH, LIMIT, propose_samples


@click.command()
@click.argument("sources", metavar="SRC…", nargs=-1, required=True)
@click.option(
    "--as",
    "format_name",
    metavar="FORMAT",
    help="The format of SRC, as coefgate samples import reads it; samples unless given.",
)
@click.option(
    "--map",
    "map_file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --as: which columns hold what, or what phases were asked for.",
)
@click.option("--origin", metavar="NAME", help="Where calls were made that do not say it.")
@click.option(
    "--fact",
    "facts",
    metavar="FIELD=VALUE",
    multiple=True,
    help="A fact that holds for calls that do not state it, as in coefgate samples add.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=LIMIT,
    show_default=True,
    help="Take phases until so many calls are taken.",
)
@click.option(
    "--branch",
    metavar="NAME",
    default=BRANCH,
    show_default=True,
    help="Where the commit goes; a branch that is there goes on.",
)
@click.option(
    "--base",
    metavar="REV",
    help="The accepted state that a new branch starts from; that which the gate finds unless "
    "given.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be proposed, and write nothing.")
@registry_option
@format_option("text", "json")
def command(
    sources: tuple[str, ...],
    format_name: str | None,
    map_file: Path | None,
    origin: str | None,
    facts: tuple[str, ...],
    limit: int,
    branch: str,
    base: str | None,
    dry_run: bool,
    root: Path,
    output_format: str,
) -> None:
    """Choose calls of SRC that fill the emptiest cells, and commit them on a branch.

    SRC are files of samples, or logs with --as. Phases are taken as a whole; near-copies, and what
    would not be scored, are left out and counted. What coefficients predict takes no part. No file
    in the folder, nothing that is staged and no branch that is checked out is touched.

    \b
    Examples:
      coefgate samples propose new-calls.jsonl --dry-run
      coefgate samples propose ~/.claude/projects --as claude-code --branch more-calls
    """
    of_origin = [f"origin={origin}"] if origin is not None else []
    with progress("Choosing calls …"):
        found = propose_samples(
            sources,
            root,
            format_name=format_name,
            map_file=map_file,
            facts=stated_facts([*of_origin, *facts]),
            branch=branch,
            base=base,
            limit=limit,
            dry_run=dry_run,
        )
    show_as(output_format, lambda: proposed_page(found), lambda: proposed_dict(found))
