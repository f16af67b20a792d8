"""``coefgate samples propose``: some of many calls, as a commit on a branch."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import click

from coefgate.commands.options import (
    format_option,
    registry_option,
    revision_option,
    since_option,
    store_option,
)
from coefgate.commands.samples.foreign_options import foreign_options
from coefgate.core.problems import UsageProblem
from coefgate.reports.pages.proposed_samples import proposed_dict, proposed_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.formats import show_as
from coefgate.samples.facts import stated_facts
from coefgate.samples.line_source import standard_input
from coefgate.use_cases.candidates import CallsInParts
from coefgate.use_cases.new_calls import PLAIN, ForeignOptions
from coefgate.use_cases.propose_samples import BRANCH, LIMIT, propose_samples


@click.command()
@click.argument("sources", metavar="SRC…", nargs=-1)
@click.option(
    "--from-store",
    is_flag=True,
    help="Choose from the calls that runners recorded, instead of SRC.",
)
@store_option
@since_option("With --from-store: only calls that began since")
@click.option(
    "--as",
    "format_name",
    metavar="FORMAT",
    help="The format of SRC, as in coefgate samples import; samples by default.",
)
@click.option(
    "--origin",
    metavar="NAME",
    help="Where the calls were made, for calls that do not say; with --as, the name of FORMAT "
    "by default.",
)
@click.option(
    "--fact",
    "facts",
    metavar="FIELD=VALUE",
    multiple=True,
    help="A fact for calls that do not state it, as in coefgate samples add.",
)
@foreign_options
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=LIMIT,
    show_default=True,
    help="Add phases until this many calls are chosen.",
)
@click.option(
    "--branch",
    metavar="NAME",
    default=BRANCH,
    show_default=True,
    help="The branch for the commit; an existing branch is continued.",
)
@revision_option(
    "--base",
    told="The accepted state that a new branch starts from; by default the base that the gate "
    "finds.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be proposed, and write nothing.")
@registry_option
@format_option("text", "json")
def command(
    sources: tuple[str, ...],
    from_store: bool,
    store: str,
    since: str | None,
    format_name: str | None,
    foreign: ForeignOptions,
    facts: tuple[str, ...],
    limit: int,
    branch: str,
    base: str | None,
    dry_run: bool,
    root: Path,
    output_format: str,
) -> None:
    """Choose calls from SRC that fill the emptiest cells, and commit them on a branch.

    SRC are files of samples, or logs with --as; --from-store uses the calls that runners recorded.
    Phases are taken as a whole. Near-copies, and calls that would not be scored, are left out and
    counted. Predictions have no influence on the choice. Files in the folder, staged changes and
    the branch that is checked out are not touched.

    \b
    Examples:
      coefgate samples propose new-calls.jsonl --dry-run
      coefgate samples propose ~/.claude/projects --as claude-code --branch more-calls
      coefgate samples propose --from-store --since 4w --dry-run
    """
    if from_store == bool(sources):
        raise UsageProblem(
            "Calls come from one place. Name files of them, or --from-store, and not both."
        )
    if from_store and (format_name or foreign.map_file or foreign.unit):
        raise UsageProblem(
            "A store says by itself what its columns hold. Leave out --as, --map and --unit."
        )
    if since is not None and not from_store:
        raise UsageProblem("--since is of a store: name it with --from-store, or leave it out.")
    if not from_store and format_name is None and replace(foreign, origin=None) != PLAIN:
        raise UsageProblem(
            "SRC holds samples, and options of foreign records are given. Say which format it has "
            "with: --as FORMAT"
        )
    if (from_store or format_name is not None) and facts:
        raise UsageProblem(
            "--fact states what samples leave out; calls of other sources are labelled with: "
            "--labels FILE"
        )
    of_origin = [f"origin={foreign.origin}"] if foreign.origin is not None else []
    with progress("Choosing calls …"), _recorded(store, since, wanted=from_store) as recorded:
        found = propose_samples(
            sources if format_name else [_opened(one) for one in sources],
            root,
            format_name=format_name,
            recorded=recorded,
            foreign=foreign,
            facts=stated_facts([*of_origin, *facts]),
            branch=branch,
            base=base,
            limit=limit,
            dry_run=dry_run,
        )
    show_as(output_format, lambda: proposed_page(found), lambda: proposed_dict(found))


def _opened(source: str) -> str | BinaryIO:
    return standard_input() if source == "-" else source


def _recorded(
    store: str, since: str | None, *, wanted: bool
) -> AbstractContextManager[CallsInParts | None]:
    if not wanted:
        return nullcontext()
    from coefgate.runner.record_values import now
    from coefgate.telemetry.times import moment_of
    from coefgate.use_cases.recorded_calls import recorded_calls

    return recorded_calls(store, since=None if since is None else moment_of(since, now=now()))
