"""``coefgate rollback``: the coefficients of an earlier release again, under a new version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option, release_files_option
from coefgate.commands.release_ending import Ending
from coefgate.core.problems import InvalidInput
from coefgate.core.yanks import MAX_REASON, is_reason
from coefgate.git.commit_writer import checked_out, today
from coefgate.git.push import checked_upstream, upstream
from coefgate.git.repository import Repository
from coefgate.registry.reading import Memo
from coefgate.reports.console import warn
from coefgate.reports.progress import progress
from coefgate.reports.releases import going_back_text
from coefgate.use_cases.judge import judging
from coefgate.use_cases.registry_folder import keep_out_of_the_registry
from coefgate.use_cases.releasing.known_releases import Releases
from coefgate.use_cases.releasing.make_release import check_ready, make
from coefgate.use_cases.releasing.plan_release import judged, planned
from coefgate.use_cases.releasing.release_plan import Plan
from coefgate.use_cases.releasing.restore import WayBack, way_back
from coefgate.use_cases.report import Report

_NOT_BROUGHT_BACK = (
    "nothing has changed: gates, guardrails, withdrawn versions and samples stay as they are, so "
    "they must be readable. Bring such a file back with: git checkout TAG -- FILE && git commit; "
    "then do this again"
)


def _checked_reason(
    _ctx: click.Context, _parameter: click.Parameter, reason: str | None
) -> str | None:
    if reason is None:
        return None
    reason = reason.strip()
    if not is_reason(reason):
        raise click.BadParameter(f"a reason is one line of 1 to {MAX_REASON} visible characters.")
    return reason


@click.command()
@click.argument("version", metavar="[VERSION]", required=False)
@click.option(
    "--reason",
    metavar="TEXT",
    callback=_checked_reason,
    help="Why, in one line; runners that have pinned a withdrawn version are told.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be done; branch, tags and files stay."
)
@click.option("--push", "pushing", is_flag=True, help="Push branch and tag: both arrive, or none.")
@click.option(
    "--sign", is_flag=True, help="Sign commits and tag, with the key that git is set up with."
)
@release_files_option
@registry_option
@format_option("text", "json")
def command(
    version: str | None,
    reason: str | None,
    dry_run: bool,
    pushing: bool,
    sign: bool,
    output: Path | None,
    root: Path,
    output_format: str,
) -> int:
    """Go back to the coefficients of an earlier release, and withdraw those that came after it.

    VERSION is the newest earlier release with other values that is not withdrawn, unless given;
    done twice, it goes no further. Samples, gates and guardrails stay. One commit with the old
    values, judged like any other; then a patch release. Everything is done, or nothing. More:
    docs/releases.md.

    \b
    Examples:
      coefgate rollback --dry-run
      coefgate rollback 1.4.0 --reason "docs is underestimated by half" --push
    """
    folder = root / "dist" if output is None else output
    keep_out_of_the_registry(folder, root)
    with Repository(root) as repository:
        try:
            return _roll_back(
                repository,
                version,
                reason,
                folder,
                dry_run=dry_run,
                pushing=pushing,
                sign=sign,
                as_json=output_format == "json",
            )
        except InvalidInput:
            warn(_NOT_BROUGHT_BACK)
            raise


def _roll_back(
    repository: Repository,
    wanted: str | None,
    reason: str | None,
    output: Path,
    *,
    dry_run: bool,
    pushing: bool,
    sign: bool,
    as_json: bool,
) -> int:
    branch = checked_out(repository)
    check_ready(repository, "coefficients")
    day = today(repository)
    there = checked_upstream(repository, branch) if pushing else upstream(repository, branch)
    ending = Ending(repository, branch, there, pushing and not dry_run, as_json)
    memo: Memo = {}
    releases = Releases(repository, branch.commit, memo)
    back = way_back(
        repository, branch.commit, releases, wanted, reason=reason, day=day, sign=sign, memo=memo
    )
    if back is None:
        said = [
            "nothing to do: these coefficients are released, and what came after them is withdrawn"
        ]
        if wanted is None:
            said.append("to go further back: coefgate rollback VERSION")
        return ending.nothing(said, releases)
    to = back.to.version
    ending = replace(ending, facts={"back_to": str(to), "withdrawn": list(back.withdrawn)})
    with progress("Judging the way back …"):
        red, plan, report = _judged(repository, branch.commit, back, releases, day=day, memo=memo)
    if red is not None:
        why = f"the way back to {to} does not pass the gate; nothing has changed"
        return ending.refused(plan.version, red, why)
    said = going_back_text(to, before=back.before, withdrawn=back.withdrawn)
    if dry_run:
        return ending.planned(said, plan, report, to=to)
    made = make(
        repository, branch, back.commit, plan, releases, output=output, sign=sign, also=back.files
    )
    return ending.made(said, plan, report, made, to=to)


def _judged(
    repository: Repository, base: str, back: WayBack, releases: Releases, *, day: str, memo: Memo
) -> tuple[Report | None, Plan, Report]:
    """The report on the commit if it does not pass; the release that follows, and the report on that."""
    with judging(
        repository.root,
        base=base,
        base_named_by="what is checked out",
        head=back.commit,
        memo=memo,
    ) as judgement:
        change = judgement.report
    plan = planned(repository, back.commit, releases, day=day, major=False, memo=memo)
    if plan is None or plan.version != back.replacement:
        raise RuntimeError(
            "a way back that withdraws something, or has other values, is a patch release"
        )
    report = judged(repository.root, back.commit, releases, plan, major=False, memo=memo)
    red = next((one for one in (change, report) if one.verdict != "pass"), None)
    return red, plan, report
