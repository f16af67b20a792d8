"""``coefgate release``: the coefficients get a version."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import registry_option, release_files_option
from coefgate.commands.releasing.existing import files_of
from coefgate.commands.releasing.known import Releases
from coefgate.commands.releasing.making import caught_up, check_ready, delivered, make
from coefgate.commands.releasing.planning import judged, planned
from coefgate.commands.telling import tell
from coefgate.gates.rules import EXIT_CODES
from coefgate.history.checkout import checked_out, today
from coefgate.history.pushing import checked_upstream, upstream
from coefgate.history.repository import Repository
from coefgate.problems import PASS, UsageProblem
from coefgate.registry.reading import Memo
from coefgate.reports.console import emit, warn
from coefgate.reports.output_files import keep_out_of_the_registry, ready_files
from coefgate.reports.progress import progress
from coefgate.reports.releases import dry_text, made_text, plan_text
from coefgate.reports.verdict_texts import verdict_text


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be released and why; write nothing.")
@click.option("--push", "pushing", is_flag=True, help="Push branch and tag: both arrive, or none.")
@click.option("--sign", is_flag=True, help="Sign commit and tag, with the key that git is set up with.")
@click.option("--major", is_flag=True, help="Release although something that a runner may name is gone.")
@release_files_option
@click.option(
    "--assets",
    "tag",
    metavar="TAG",
    help="Only write the files of an existing release; its tag must say what its commit holds.",
)
@registry_option
def command(
    dry_run: bool,
    pushing: bool,
    sign: bool,
    major: bool,
    output: Path | None,
    tag: str | None,
    root: Path,
) -> int:
    """Give the coefficients a version: judge them, write the changelog, make the tag.

    Works on the commit that is checked out. The number follows from the change: something is gone, major;
    something is new, minor; else patch. Everything is done, or nothing. More: docs/releases.md.

    \b
    Examples:
      coefgate release --dry-run
      coefgate release --push
      coefgate release --assets coefficients/v1.4.0 --output dist
    """
    folder = root / "dist" if output is None else output
    keep_out_of_the_registry(folder, root)
    with Repository(root) as repository:
        if tag is not None:
            if dry_run or pushing or sign or major:
                raise UsageProblem("--assets writes files and nothing else. Leave out the other options.")
            return _assets(repository, tag, folder)
        return _release(repository, folder, dry_run=dry_run, pushing=pushing, sign=sign, major=major)


def _release(
    repository: Repository, output: Path, *, dry_run: bool, pushing: bool, sign: bool, major: bool
) -> int:
    branch = checked_out(repository)
    check_ready(repository, "coefficients", "samples")
    day = today(repository)
    there = checked_upstream(repository, branch) if pushing else upstream(repository, branch)
    memo: Memo = {}
    releases = Releases(repository, branch.commit, memo)
    plan = planned(repository, branch.commit, releases, day=day, major=major, memo=memo)
    if plan is None:
        last = releases.all[0]
        said = [f"nothing to release: {last.version} has these coefficients and withdraws the same versions"]
        said += caught_up(repository, branch, there, last.version, pushing=pushing and not dry_run)
        emit("\n".join(said))
        return PASS
    with progress("Judging what came in since the last release …"):
        report = judged(repository.root, branch.commit, releases, plan, major=major, memo=memo)
        rendered = verdict_text(report)
    if report.verdict != "pass":
        tell(report, rendered)
        warn(f"{plan.version} is not released; nothing has changed")
        return EXIT_CODES[report.verdict]
    said = plan_text(plan, report)
    if dry_run:
        emit("\n".join([*said, *dry_text(plan)]))
        return PASS
    made = make(repository, branch, branch.commit, plan, releases, output=output, sign=sign)
    emit("\n".join([*said, *made_text(plan, made.commits, made.files)]))
    emit(delivered(repository, branch, there, plan.version, pushing=pushing))
    return PASS


def _assets(repository: Repository, tag: str, output: Path) -> int:
    files, left_out = files_of(repository, tag)
    for words in left_out:
        warn(words)
    with ready_files({output / file: content for file, content in files.items()}) as put:
        put()
    emit("\n".join(str(output / file) for file in files))
    return PASS
