"""The coefficients get a version: judged, told in the changelog, tagged; all, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from coefgate.core.atomic_files import ready_files
from coefgate.core.versions import Version
from coefgate.git.repository import Repository
from coefgate.registry.files import FOLDER
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.use_cases.registry_folder import keep_out_of_the_registry
from coefgate.use_cases.releases.branch import Progress, ReleaseBranch, UpToDate
from coefgate.use_cases.releases.listing import files_of
from coefgate.use_cases.releases.plan import Plan, planned
from coefgate.use_cases.releases.way_back import WayBack
from coefgate.use_cases.report import Report

Tell = Callable[[str], object]
"""Is told what a reader should know, whatever comes of it."""
Made = Callable[["ReleaseOutcome"], object]
"""Is told what was made before it is pushed, which may fail."""


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """What became of a release, or of a rollback.

    ``released``; ``planned``, in a dry run; ``refused``: the gate says no, and ``report`` why.
    ``way_back``: what a rollback brings back, and withdraws. ``commits``: by what they change, in
    their order; ``files``: those for runners. ``next``: the command that pushes what was made,
    ``None`` where it is ``pushed``.
    """

    status: Literal["released", "planned", "refused"]
    plan: Plan
    report: Report
    branch: ReleaseBranch
    way_back: WayBack | None
    commits: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    pushed: bool = False
    next: str | None = None

    @property
    def restores(self) -> Version | None:
        """The earlier version whose values these are."""
        earlier = self.way_back.to if self.way_back else self.plan.restores
        return earlier.version if earlier else None


def release(
    root: Path,
    *,
    dry_run: bool = False,
    push: bool = False,
    sign: bool = False,
    major: bool = False,
    output: Path | None = None,
    progress: Progress = nullcontext,
    tell: Tell = lambda _: None,
    made: Made = lambda _: None,
) -> ReleaseOutcome | UpToDate:
    """Give the coefficients that are checked out in ``root`` the next version.

    ``push``: branch and tag too, also those of the last release where nothing is new; the server
    is asked before anything is written. ``sign``: commit and tag. ``major``: something that a
    runner may name is gone, and shall be. ``output``: where the files go, ``dist`` in ``root``
    unless given. Raises ``EnvironmentProblem`` where the push fails; what was ``made`` stays.
    """
    output = checked_output(output, root)
    with Repository(root) as repository:
        branch = ReleaseBranch.checked_out(repository, FOLDER, SAMPLES, push=push)
        tip, day = branch.tip.commit, branch.day
        plan = planned(branch.releases, tip, day=day, major=major, tell=tell)
        if plan is None:
            return branch.up_to_date(push=push and not dry_run, progress=progress)
        with progress("Judging what came in since the last release …"):
            report = branch.judge(plan, major=major)
        outcome = ReleaseOutcome("planned", plan, report, branch, None)
        return carried_out(
            outcome, dry_run=dry_run, push=push, output=output, sign=sign, made=made
        )


def carried_out(
    planned: ReleaseOutcome, *, dry_run: bool, push: bool, output: Path, sign: bool, made: Made
) -> ReleaseOutcome:
    """What comes of a plan that was judged; it is made unless it is refused, or a ``dry_run``."""
    branch, plan, back = planned.branch, planned.plan, planned.way_back
    if planned.report.verdict != "pass":
        return replace(planned, status="refused")
    if dry_run:
        return planned
    also = back.files if back else ()
    commits, files = branch.make(plan, also=also, output=output, sign=sign)
    then = branch.push_command(plan.version)
    outcome = replace(planned, status="released", commits=commits, files=files, next=then)
    made(outcome)
    if not push:
        return outcome
    branch.push(plan.version)
    return replace(outcome, pushed=True, next=None)


def release_files(
    root: Path, tag: str, *, output: Path | None = None
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the files of the release ``tag`` into ``output``.

    Gives them, and sentences on the releases that the index leaves out. Raises ``InvalidDocument``
    where the tag says something else than its commit holds.
    """
    output = checked_output(output, root)
    with Repository(root) as repository:
        contents, left_out = files_of(repository, tag)
    files = {output / file: content for file, content in contents.items()}
    with ready_files(files) as put:
        put()
    return tuple(files), left_out


def checked_output(output: Path | None, root: Path) -> Path:
    """Where files go; raises ``UsageProblem`` for a place in the registry."""
    output = root / "dist" if output is None else output
    keep_out_of_the_registry(output, root)
    return output
