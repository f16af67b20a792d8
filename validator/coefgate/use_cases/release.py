"""The coefficients get a version: judged, told in the changelog, tagged; all, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from coefgate.core.atomic_files import ready_files
from coefgate.git.push import Delivery, delivery
from coefgate.git.push import push as push_both
from coefgate.git.repository import Repository
from coefgate.registry.files import FOLDER
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.use_cases.registry_folder import keep_out_of_the_registry
from coefgate.use_cases.releases.branch import Destination, ReleaseBranch, UpToDate
from coefgate.use_cases.releases.files import files_of
from coefgate.use_cases.releases.plan import Plan
from coefgate.use_cases.releases.way_back import WayBack
from coefgate.use_cases.report import Report

Progress = Callable[[str], AbstractContextManager[object]]
"""Is told what is being done, for as long as it lasts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a release, or of a rollback.

    ``released``; ``planned``, in a dry run; ``refused``: the gate says no, and ``report`` why.
    ``commits``: by what they change, in their order; ``files``: those for runners. ``way_back``:
    what a rollback brings back, and withdraws.
    """

    status: Literal["released", "planned", "refused"]
    plan: Plan
    report: Report
    destination: Destination
    commits: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    way_back: WayBack | None = None


def release(
    root: Path,
    *,
    dry_run: bool = False,
    push: bool = False,
    sign: bool = False,
    major: bool = False,
    output: Path | None = None,
    progress: Progress = nullcontext,
) -> Outcome | UpToDate:
    """Give the coefficients that are checked out in ``root`` the next version.

    ``push``: it will be pushed (``push_release``), so the server is asked before anything is
    written. ``sign``: commit and tag. ``major``: something that a runner may name is gone, and
    shall be. ``output``: where the files go, ``dist`` in ``root`` unless given.
    """
    output = checked_output(output, root)
    with Repository(root) as repository:
        branch = ReleaseBranch.checked_out(repository, FOLDER, SAMPLES, push=push)
        commit = branch.tip.commit
        plan = branch.plan(commit, major=major)
        if plan is None:
            return branch.up_to_date()
        with progress("Judging what came in since the last release …"):
            report = branch.judge(commit, plan, major=major)
        outcome = Outcome("planned", plan, report, branch.destination(plan.version))
        if report.verdict != "pass":
            return replace(outcome, status="refused")
        if dry_run:
            return outcome
        commits, files = branch.make(plan, commit, output=output, sign=sign)
    return replace(outcome, status="released", commits=commits, files=files)


def push_release(root: Path, to: Destination) -> None:
    """Push branch and tag of a release: both arrive, or none. Raises ``EnvironmentProblem``."""
    if to.there is not None:
        with Repository(root) as repository:
            push_both(repository, to.branch, to.there, to.version)


def delivery_of(root: Path, to: Destination) -> Delivery:
    """How far a release has come to the server."""
    if to.there is None:
        return Delivery(pushed=False, tagged=False, words="")
    with Repository(root) as repository:
        return delivery(repository, to.branch, to.there, to.version)


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
