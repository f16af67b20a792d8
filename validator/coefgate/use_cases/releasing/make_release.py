"""A plan carried out: the changelog's commit, the tag, the files, the branch; all of them or none."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.atomic_files import ready_files
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.release import Published
from coefgate.git.commit_writer import Branch, blobs, committed, publish, stored
from coefgate.git.repository import Repository
from coefgate.git.working_tree import shown_by_status, uncommitted
from coefgate.registry.sources import FOLDER
from coefgate.use_cases.releasing.assets import assets
from coefgate.use_cases.releasing.changelog import NAME
from coefgate.use_cases.releasing.known_releases import Releases
from coefgate.use_cases.releasing.release_plan import Plan

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Made:
    """What a release left behind. ``commits``: by what they change, in their order."""

    commits: dict[str, str]
    files: tuple[Path, ...]


def check_ready(repository: Repository, *folders: str) -> None:
    """Raise an error with the command that mends it where nothing can be released from here.

    ``folders``: what must be as it is committed, beside the changelog.
    """
    if repository.shallow:
        raise EnvironmentProblem(
            "this clone is shallow, so nobody knows the earlier releases. "
            "Get the history with: git fetch --unshallow --tags"
        )
    changed = uncommitted(repository, *folders, NAME)
    if changed:
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        told = f"a release is made of what is committed, and this is not: {', '.join(changed[:_SHOWN])}{more}. "
        hidden = shown_by_status(repository, changed)
        if hidden is not None:
            told += (
                "Git was told not to look at all of it; let it look again with:\n" + hidden + "\n"
            )
        raise UsageProblem(
            f"{told}Look at it with: git status --ignored; then commit it, or put it aside with: "
            "git stash -u"
        )


def make(
    repository: Repository,
    branch: Branch,
    base: str,
    plan: Plan,
    releases: Releases,
    *,
    output: Path,
    sign: bool,
    also: Iterable[str] = (),
) -> Made:
    """Carry out ``plan`` on the commit ``base``, which the branch has, or which comes next on it.

    ``also``: files beside the changelog in which ``base`` differs from the branch.
    """
    mode, _ = blobs(repository, base, NAME).get(NAME, ("100644", ""))
    _, content = stored(repository, plan.changelog)
    commit = committed(repository, base, {NAME: (mode, content)}, plan.commit_message, sign=sign)
    new = Published(plan.version, commit, plan.release.snapshot.digest)
    index = releases.index(new, yanked=plan.release.yanked)
    files = {
        output / name: data
        for name, data in assets(plan.version, plan.release.snapshot, index).items()
    }
    with ExitStack() as stack:
        put = stack.enter_context(ready_files(files))
        publish(
            repository,
            branch,
            commit,
            (*also, NAME),
            version=plan.version,
            annotation=plan.annotation,
            sign=sign,
        )
        try:
            put()
        except EnvironmentProblem as error:
            raise EnvironmentProblem(
                f"{plan.version} is released here, but its files are not all in place: {error}\n"
                f"Then write them with: coefgate release --assets {plan.version.tag}"
            ) from error
    earlier = {} if base == branch.commit else {f"{FOLDER}/": base}
    return Made({**earlier, NAME: commit}, tuple(files))
