"""``coefgate release``: the coefficients get a version."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option, release_files_option
from coefgate.commands.release_ending import Ending
from coefgate.core.atomic_files import ready_files
from coefgate.core.problems import PASS, UsageProblem
from coefgate.git.commit_writer import checked_out, today
from coefgate.git.push import checked_upstream, upstream
from coefgate.git.repository import Repository
from coefgate.registry.reading import Memo
from coefgate.reports.console import emit, warn
from coefgate.reports.json_texts import json_text
from coefgate.reports.progress import progress
from coefgate.use_cases.registry_folder import keep_out_of_the_registry
from coefgate.use_cases.releasing.known_releases import Releases
from coefgate.use_cases.releasing.make_release import check_ready, make
from coefgate.use_cases.releasing.plan_release import judged, planned
from coefgate.use_cases.releasing.release_files import files_of


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be released and why; write nothing.")
@click.option("--push", "pushing", is_flag=True, help="Push branch and tag: both arrive, or none.")
@click.option(
    "--sign", is_flag=True, help="Sign commit and tag, with the key that git is set up with."
)
@click.option(
    "--major", is_flag=True, help="Release although something that a runner may name is gone."
)
@release_files_option
@click.option(
    "--assets",
    "tag",
    metavar="TAG",
    help="Only write the files of an existing release; its tag must say what its commit holds.",
)
@registry_option
@format_option("text", "json")
def command(
    dry_run: bool,
    pushing: bool,
    sign: bool,
    major: bool,
    output: Path | None,
    tag: str | None,
    root: Path,
    output_format: str,
) -> int:
    """Give the coefficients a version: judge them, write the changelog, make the tag.

    Works on the commit that is checked out. The number follows from the change: something is gone,
    major; something is new, minor; else patch. Everything is done, or nothing. More:
    docs/releases.md.

    \b
    Examples:
      coefgate release --dry-run
      coefgate release --push
      coefgate release --assets coefficients/v1.4.0 --output dist
    """
    as_json = output_format == "json"
    folder = root / "dist" if output is None else output
    keep_out_of_the_registry(folder, root)
    with Repository(root) as repository:
        if tag is not None:
            if dry_run or pushing or sign or major:
                raise UsageProblem(
                    "--assets writes files and nothing else. Leave out the other options."
                )
            return _assets(repository, tag, folder, as_json=as_json)
        return _release(
            repository,
            folder,
            dry_run=dry_run,
            pushing=pushing,
            sign=sign,
            major=major,
            as_json=as_json,
        )


def _release(
    repository: Repository,
    output: Path,
    *,
    dry_run: bool,
    pushing: bool,
    sign: bool,
    major: bool,
    as_json: bool,
) -> int:
    branch = checked_out(repository)
    check_ready(repository, "coefficients", "samples")
    day = today(repository)
    there = checked_upstream(repository, branch) if pushing else upstream(repository, branch)
    ending = Ending(repository, branch, there, pushing and not dry_run, as_json)
    memo: Memo = {}
    releases = Releases(repository, branch.commit, memo)
    plan = planned(repository, branch.commit, releases, day=day, major=major, memo=memo)
    if plan is None:
        last = releases.all[0].version
        said = f"nothing to release: {last} has these coefficients and withdraws the same versions"
        return ending.nothing([said], releases)
    with progress("Judging what came in since the last release …"):
        report = judged(repository.root, branch.commit, releases, plan, major=major, memo=memo)
    if report.verdict != "pass":
        why = f"{plan.version} is not released; nothing has changed"
        return ending.refused(plan.version, report, why)
    if dry_run:
        return ending.planned([], plan, report)
    made = make(repository, branch, branch.commit, plan, releases, output=output, sign=sign)
    return ending.made([], plan, report, made)


def _assets(repository: Repository, tag: str, output: Path, *, as_json: bool) -> int:
    files, left_out = files_of(repository, tag)
    for words in left_out:
        warn(words)
    with ready_files({output / file: content for file, content in files.items()}) as put:
        put()
    written = [str(output / file) for file in files]
    emit(json_text({"files": written}) if as_json else "\n".join(written))
    return PASS
