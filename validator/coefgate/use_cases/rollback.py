"""The coefficients of an earlier release again, under a new version; later ones withdrawn."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from coefgate.git.repository import Repository
from coefgate.registry.files import FOLDER
from coefgate.use_cases.judge import judging
from coefgate.use_cases.release import Made, ReleaseOutcome, Tell, carried_out, checked_output
from coefgate.use_cases.releases.branch import Progress, ReleaseBranch, UpToDate
from coefgate.use_cases.releases.plan import planned
from coefgate.use_cases.releases.way_back import way_back


def roll_back(
    root: Path,
    to: str | None = None,
    *,
    reason: str | None = None,
    dry_run: bool = False,
    push: bool = False,
    sign: bool = False,
    output: Path | None = None,
    progress: Progress = nullcontext,
    tell: Tell = lambda _: None,
    made: Made = lambda _: None,
) -> ReleaseOutcome | UpToDate:
    """Bring back the coefficients of the release ``to`` in a new commit, judge and release them.

    ``to`` is the newest earlier release with other values that is not withdrawn, unless given.
    ``reason``: why, in one line. All else as for ``release``. Raises ``UsageProblem`` where one
    may not go back there, ``InvalidInput`` where what stays cannot be read.
    """
    output = checked_output(output, root)
    with Repository(root) as repository:
        branch = ReleaseBranch.checked_out(repository, FOLDER, push=push)
        back = way_back(branch, to, reason=reason, sign=sign)
        if back is None:
            return branch.up_to_date(push=push and not dry_run, progress=progress)
        plan = planned(branch.releases, back.commit, day=branch.day, tell=tell)
        if plan is None or plan.version != back.replacement:
            raise RuntimeError(
                "a rollback that withdraws something, or has other values, is a patch release"
            )
        with (
            progress("Judging the rollback …"),
            judging(
                root,
                base=branch.tip.commit,
                base_named_by="what is checked out",
                head=back.commit,
                memo=branch.releases.memo,
            ) as judgement,
        ):
            report = judgement.report
            if report.verdict == "pass":  # else that is what there is to tell
                report = branch.judge(plan)
        outcome = ReleaseOutcome("planned", plan, report, branch, back)
        return carried_out(
            outcome, dry_run=dry_run, push=push, output=output, sign=sign, made=made
        )
