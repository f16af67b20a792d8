"""``coefgate release``: the coefficients get a version."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.gate import tell_verdict
from coefgate.commands.options import release_options
from coefgate.core.problems import PASS, UsageProblem
from coefgate.gates.verdict import EXIT_CODES
from coefgate.reports.pages.release import outcome_dict, outcome_text, pushed_text, release_dict
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.console import progress, warn
from coefgate.reports.render.json import json_text
from coefgate.runner.exit_code import emit
from coefgate.use_cases.release import ReleaseOutcome, release, release_files
from coefgate.use_cases.releases.branch import UpToDate


@click.command()
@click.option(
    "--major", is_flag=True, help="Release although something that a runner may name is gone."
)
@click.option(
    "--assets",
    "tag",
    metavar="TAG",
    help="Only write the files of an existing release; its tag must say what its commit holds.",
)
@release_options
def command(
    major: bool,
    tag: str | None,
    dry_run: bool,
    push: bool,
    sign: bool,
    output: Path | None,
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
    if tag is not None:
        if dry_run or push or sign or major:
            raise UsageProblem(
                "--assets writes files and nothing else. Leave out the other options."
            )
        files, left_out = release_files(root, tag, output=output)
        for words in left_out:
            warn(words)
        written = list(map(str, files))
        emit(json_text({"files": written}) if as_json else "\n".join(written))
        return PASS
    found = release(
        root,
        dry_run=dry_run,
        push=push,
        sign=sign,
        major=major,
        output=output,
        progress=progress,
        tell=warn,
    )
    nothing = "nothing to release: {} has these coefficients and withdraws the same versions"
    return tell_release(found, nothing=nothing, push=push and not dry_run, as_json=as_json)


def tell_release(
    found: ReleaseOutcome | UpToDate, *, nothing: str, push: bool, as_json: bool
) -> int:
    """Tell what was made, or would be; push what was made, if that was asked for.

    ``nothing``: what is said of the last version where there is nothing to do. A program is told
    what was made even where the push fails.
    """
    if isinstance(found, UpToDate):
        _tell_up_to_date(found, nothing=nothing, push=push, as_json=as_json)
        return PASS
    branch, version, report = found.branch, found.plan.version, found.report
    made, refused = found.status == "released", found.status == "refused"
    if refused and not as_json:
        tell_verdict(report, verdict_page(report))
    elif not as_json:
        emit(outcome_text(found))
    pushed, then = False, branch.push_command(version) if made else None
    try:
        if made and push:
            branch.push(version)
            pushed, then = True, None
    finally:
        if as_json:
            emit(json_text(outcome_dict(found, pushed=pushed, next=then)))
    if made and not as_json:
        emit(pushed_text(branch.remote, version) if pushed else f"next: {then}")
    if refused:
        back = found.way_back
        way = f"the way back to {back.to.version} does not pass the gate" if back else ""
        warn(f"{way or f'{version} is not released'}; nothing has changed")
    return EXIT_CODES[report.verdict]


def _tell_up_to_date(found: UpToDate, *, nothing: str, push: bool, as_json: bool) -> None:
    """The last release may still have to be pushed."""
    branch, version = found.branch, found.last.version
    with progress(f"Asking {branch.remote} what it has …"):
        left = branch.delivery(version)
    pushed, words, then = left.pushed, left.words, left.command
    if push and not left.tagged:
        branch.push(version)
        pushed, words, then = True, pushed_text(branch.remote, version), None
    if as_json:
        commit = found.last.commit
        known = {"digest": found.digest, "commit": commit, "pushed": pushed, "next": then}
        emit(json_text(release_dict("nothing", version, **known)))
    else:
        emit(f"{nothing.format(version)}\n{words}".rstrip())
