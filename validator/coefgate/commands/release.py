"""``coefgate release``: the coefficients get a version."""

from __future__ import annotations

from collections.abc import Callable
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
from coefgate.use_cases.release import Made, ReleaseOutcome, release, release_files
from coefgate.use_cases.releases.branch import UpToDate


@click.command()
@click.option(
    "--major", is_flag=True, help="Release even though a name that a runner may use is removed."
)
@click.option(
    "--assets",
    "tag",
    metavar="TAG",
    help="Only write the files of an existing release, whose tag must match its commit.",
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
    """Release the coefficients: judge them, write the changelog and create the tag.

    The release is made from the commit that is checked out. The change decides the version: major
    if something is removed, minor if something is new, otherwise patch. Either everything is done
    or nothing. See docs/how-to/releases.md.

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
    nothing = "nothing to release: {} has these coefficients and withdraws the same versions"

    def carry_out(made: Made) -> ReleaseOutcome | UpToDate:
        return release(
            root,
            dry_run=dry_run,
            push=push,
            sign=sign,
            major=major,
            output=output,
            progress=progress,
            tell=warn,
            made=made,
        )

    return tell_release(carry_out, nothing=nothing, as_json=as_json)


def tell_release(
    carry_out: Callable[[Made], ReleaseOutcome | UpToDate], *, nothing: str, as_json: bool
) -> int:
    """Tell what was made, or would be, and whether it was pushed.

    ``nothing``: what is said of the last version where there is nothing to do. What was made is
    told even where the push fails.
    """
    outcome: ReleaseOutcome | None = None

    def made(what: ReleaseOutcome) -> None:
        nonlocal outcome
        outcome = what
        if not as_json:
            emit(outcome_text(what))

    try:
        found = carry_out(made)
        outcome = found if isinstance(found, ReleaseOutcome) else None
    finally:
        if as_json and outcome:
            emit(json_text(outcome_dict(outcome)))
    if isinstance(found, UpToDate):
        _tell_up_to_date(found, nothing=nothing, as_json=as_json)
        return PASS
    version, report, refused = found.plan.version, found.report, found.status == "refused"
    if refused and not as_json:
        tell_verdict(report, verdict_page(report))
    elif found.status == "planned" and not as_json:
        emit(outcome_text(found))
    elif not as_json:
        emit(pushed_text(found.branch.remote, version) if found.pushed else f"next: {found.next}")
    if refused:
        back = found.way_back
        way = f"the rollback to {back.to.version} does not pass the gate" if back else ""
        warn(f"{way or f'{version} is not released'}; nothing has changed")
    return EXIT_CODES[report.verdict]


def _tell_up_to_date(found: UpToDate, *, nothing: str, as_json: bool) -> None:
    version, left = found.last.version, found.left
    if as_json:
        known = {
            "digest": found.digest,
            "commit": found.last.commit,
            "pushed": left.pushed if left else True,
            "next": left.command if left else None,
        }
        emit(json_text(release_dict("nothing", version, **known)))
    else:
        words = left.words if left else pushed_text(found.branch.remote, version)
        emit(f"{nothing.format(version)}\n{words}".rstrip())
