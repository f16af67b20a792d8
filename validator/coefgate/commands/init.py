"""``coefgate init``: a registry of one's own, with the same gates, hooks and CI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from coefgate.commands.options import file_option
from coefgate.core.problems import PASS, UsageProblem
from coefgate.reports.pages.demo import demo_text
from coefgate.reports.pages.init import init_text
from coefgate.reports.render.console import progress, show
from coefgate.samples.foreign.recognised_format import guessed_format
from coefgate.use_cases.demo import demo
from coefgate.use_cases.init import init
from coefgate.use_cases.new_registry.from_calls import CallSources
from coefgate.use_cases.new_registry.program_source import (
    ProgramSource,
    installed_from,
    named_source,
)
from coefgate.use_cases.new_registry.surroundings import CIS, Ci, checked_owner

_NOWHERE: Final = "none"


@click.command()
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@click.option(
    "--from",
    "places",
    metavar="SRC",
    multiple=True,
    help="Start with the calls in this file or folder; may be given several times.",
)
@click.option(
    "--format", "format_name", metavar="FORMAT", help="Format of these calls; guessed by default."
)
@file_option(
    "--map",
    "map_file",
    told="A file that says which column has which fact; guessed by default.",
)
@click.option(
    "--workspace",
    metavar="DIR",
    help="The folder to which absolute paths in these calls are made relative.",
)
@click.option(
    "--ci",
    type=click.Choice(CIS),
    help="The CI system that judges proposals; guessed from the repository's server by default.",
)
@click.option(
    "--hooks/--no-hooks",
    default=True,
    help="Write pre-commit hooks that check on commit and judge on push.",
)
@click.option(
    "--owner",
    metavar="OWNER",
    help="Who must approve changes to thresholds and calls: @NAME or @ORGANISATION/TEAM.",
)
@click.option(
    "--program-url",
    "url",
    metavar="URL",
    help="Where hooks and CI get coefgate, or none; by default where this installation came from.",
)
@click.option(
    "--program-rev", "commit", metavar="COMMIT", help="The full commit to install from there."
)
@click.option(
    "--demo",
    "is_demo",
    is_flag=True,
    help="Create a registry with invented calls to experiment with, by default in "
    "./coefgate-demo. Show a change that passes, one that is blocked, and a rollback.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say which files would be written, and write nothing."
)
def command(
    folder: Path | None,
    places: tuple[str, ...],
    format_name: str | None,
    map_file: Path | None,
    workspace: str | None,
    ci: Ci | None,
    hooks: bool,
    owner: str | None,
    url: str | None,
    commit: str | None,
    is_demo: bool,
    dry_run: bool,
) -> int:
    """Create your own registry, with hooks and CI.

    The registry is written to DIR, by default the current folder. No existing file is overwritten,
    and nothing is written outside DIR, except files that CI and pre-commit expect at the top of
    the repository. See docs/how-to/init.md.

    \b
    Examples:
      coefgate init --dry-run
      coefgate init --from calls.csv
      coefgate init --demo
      coefgate init teams/ours --ci gitlab --owner @ours/reviewers
    """
    if is_demo:
        if any(
            (places, format_name, map_file, workspace, ci, not hooks, owner, url, commit, dry_run)
        ):
            raise UsageProblem(
                "--demo makes a toy and takes no other option but DIR. Leave them out."
            )
        with progress("Making a registry to play with …"):
            made = demo(folder or Path("coefgate-demo"))
        show(demo_text(made))
        return PASS
    source = _source(url, commit)
    if _asks() and source is None and url is None:
        source = _asked_source()
    if _asks() and owner is None and ci in {None, "github"}:
        owner = click.prompt(
            "Who owns thresholds and calls (@NAME; empty: nobody yet)",
            default="",
            show_default=False,
            err=True,
        )
    with progress("Making the registry …"):
        found = init(
            folder or Path(),
            calls=_calls(places, format_name, map_file, workspace),
            source=source,
            ci=ci,
            hooks=hooks,
            owner=checked_owner(owner) if owner else None,
            dry_run=dry_run,
        )
    show(init_text(found, dry_run=dry_run))
    return PASS


def _calls(
    places: tuple[str, ...],
    format_name: str | None,
    map_file: Path | None,
    workspace: str | None,
) -> CallSources | None:
    if not places:
        if format_name or map_file or workspace:
            raise UsageProblem(
                "--format, --map and --workspace say how to read the calls of --from. Add it."
            )
        return None
    return CallSources(format_name or guessed_format(places), places, map_file, workspace)


def _source(url: str | None, commit: str | None) -> ProgramSource | None:
    if url is None and commit is None:
        return installed_from()
    if url == _NOWHERE and commit is None:
        return None
    if url is None or commit is None:
        raise UsageProblem("--program-url and --program-rev belong together. Name both.")
    return named_source(url, commit)


def _asks() -> bool:
    """Is somebody there to answer?"""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _asked_source() -> ProgramSource | None:
    url = click.prompt(
        "Where do others get coefgate (address of its git repository; empty: nowhere)",
        default="",
        show_default=False,
        err=True,
    )
    if not url:
        return None
    return named_source(url, click.prompt("Which commit of it (40 digits)", err=True))
