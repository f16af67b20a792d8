"""Which base judges a head; else why there is nothing before it, or how to get what is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from coefgate.core.credentials import scrubbed
from coefgate.core.git_process import NoRepository, shallow_clone
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git import remotes, target_branch
from coefgate.git.discovery import dot_git
from coefgate.git.repository import Repository
from coefgate.git.target_branch import TargetBranch, ci_target, no_base, the_remote

_FIRST: Final = "it is the first commit"
_NAME_ONE: Final = "Name the accepted state with: coefgate gate --base REV"


@dataclass(frozen=True, slots=True)
class Base:
    """``commit``: the base that judges. ``name``: as it was asked for, or found (``origin/main``).

    ``behind``: commits of the target branch that head lacks; 0 where head contains its ``tip``,
    the base then. ``found_by``: what named it. ``guessed_of``: see ``TargetBranch``.
    """

    commit: str
    name: str
    behind: int
    found_by: str
    tip: str
    guessed_of: str = ""


def without_repository(root: Path, error: NoRepository, environment: Mapping[str, str]) -> str:
    """Why nothing is before ``root``, of which git said ``error``.

    Raises ``EnvironmentProblem`` where there is something all the same.
    """
    if dot_git(root) is not None:
        raise no_base(f"{root} is in a git repository, but {error}") from error
    if (named := ci_target(environment)) is not None:
        raise no_base(
            f"{named.named_by} names {named.ref}, but {root} is not in a git repository; a CI "
            "that finds no git may fetch an archive. Check the proposal out again, with its "
            "history, after a step that makes this work: git --version"
        ) from error
    if environment.get("GIT_DIR") and not environment.get("GIT_WORK_TREE"):
        raise no_base(f"{error}") from error  # it may be for this folder
    return "there is no git repository"


def find_base(
    repository: Repository,
    commit: str | None,
    *,
    is_committed: Callable[[], bool],
    pushed_to: str | None,
    environment: Mapping[str, str],
) -> Base | str:
    """The base of a head, or in a few words why there is nothing before it.

    ``commit``: what head is (``is_committed``), or stands on. ``pushed_to``: the remote that a
    hook was told. Raises ``EnvironmentProblem`` where this clone lacks what is before it.
    """
    pushed_to = remotes.configured_as(repository, pushed_to) if pushed_to else pushed_to
    if (named := ci_target(environment)) is not None:
        found: TargetBranch | None = _named_by_ci(repository, named, pushed_to)
    else:
        found = target_branch.remote_default(repository, pushed_to=pushed_to)
    if found is not None:
        return base_on(repository, commit, found)
    empty = _without_branches(repository, pushed_to)
    if pushed_to is None and (found := target_branch.local_default(repository)) is not None:
        return _of_this_repository(repository, commit, found, is_committed)
    if pushed_to is not None and empty:
        return f"{empty} has no branches yet"
    if commit is None and not _has_refs(repository):
        return "nothing is committed yet"
    if commit is not None and _is_first(repository, commit) and is_committed():
        return _FIRST
    raise no_base(
        "this repository has a history, but neither a branch of a remote nor main, "
        f"master or init.defaultBranch. {_NAME_ONE}"
    )


def _of_this_repository(
    repository: Repository,
    commit: str | None,
    found: TargetBranch,
    is_committed: Callable[[], bool],
) -> Base | str:
    """The branch that was ``found`` here; where head is its tip, the commit before, if any."""
    base = base_on(repository, commit, found)
    if commit != base.tip or not is_committed():
        return base
    if repository.parents(commit):
        return base_on(repository, None, found._replace(ref=f"{found.ref}~1"))
    if repository.shallow:
        raise no_base(shallow_clone(f"so what was before {base.name} is not known"))
    return _FIRST


def _named_by_ci(
    repository: Repository, named: TargetBranch, pushed_to: str | None
) -> TargetBranch:
    """The branch that a CI names; another one would be another judge."""
    # The branch of a fork, or one that is checked out, may be the proposal itself.
    remote = None if repository.bare else the_remote(remotes.names(repository), pushed_to)
    if (found := target_branch.branch_of(repository, named, remote)) is not None:
        return found
    what = f"{named.named_by} names {named.ref}, which is not here"
    if remote is None:
        raise no_base(f"{what}. {_NAME_ONE}")
    there = None
    with suppress(EnvironmentProblem):  # a fetch will tell the cause
        there = remotes.branches(repository, remote)
    if there is not None and named.ref not in there:
        lacks = "no branch of that name" if there else "no branches yet"
        raise no_base(f"{what}, and {remote} has {lacks}. {_NAME_ONE}")
    raise no_base(
        f"{what}. Name another base with --base REV, or fetch it with:\n"
        f"{remotes.fetch_branch(repository, remote, named.ref)}"
    )


def _without_branches(repository: Repository, pushed_to: str | None) -> str:
    """The remote that has no branches, empty where there is none; raises where one has some."""
    if repository.bare and pushed_to is None:
        return ""  # the branches of a bare clone are those of its remote
    asked = (pushed_to,) if pushed_to else remotes.names(repository)
    for remote in asked:
        shown = scrubbed(remote)
        if not remotes.tracks(repository, remote) and not _asked(repository, remote, shown):
            continue
        raise no_base(
            f"{shown} has branches, but none here is known to be the one that changes "
            "go to. Name the accepted state with --base REV, or fetch what is there "
            f"with:\n{remotes.fetch_branches(repository, shown)}"
        )
    return scrubbed(asked[0]) if asked else ""


def _asked(repository: Repository, remote: str, shown: str) -> bool:
    try:
        return bool(remotes.branches(repository, remote))
    except EnvironmentProblem as error:
        raise no_base(
            f"nothing of {shown} is here, and it could not be asked whether it has "
            f"branches: {error}\n{_NAME_ONE}"
        ) from error


def _is_first(repository: Repository, commit: str) -> bool:
    """Is it the root of all that is here? An orphan beside a history is a proposal like others."""
    if repository.shallow or repository.git("rev-list", "--max-count=1", "--skip=1", commit):
        return False
    return not _has_refs(repository, f"--no-contains={commit}")


def _has_refs(repository: Repository, *wanted: str) -> bool:
    """Is any branch or tag here, of those that are ``wanted`` by an option of git?"""
    kinds = ("refs/heads", "refs/remotes", "refs/tags")
    return bool(repository.refs("%(refname)", "--count=1", *wanted, *kinds))


def base_on(repository: Repository, head: str | None, branch: TargetBranch) -> Base:
    """The base for the commit ``head`` on its way to ``branch``; its tip where that is ``None``.

    It is on the first parents of the target: what a merge brought in beside them was never
    accepted by itself. Raises ``UsageProblem`` where head contains nothing of that line.
    """
    tip, name = repository.commit(branch.ref), branch.name
    at_the_tip = Base(tip, name, 0, branch.named_by, tip, branch.guessed_of)
    if head is None or tip == head:
        return at_the_tip
    shared = repository.answer("merge-base", tip, head) or ""
    if shared == tip:
        return at_the_tip
    if repository.shallow:
        raise EnvironmentProblem(shallow_clone(f"so where the proposal left {name} is not known"))
    lacked = _lacked(repository, tip, head, shared)
    base: str | None = tip
    while base in lacked:
        base = lacked[base]
    if base is None:
        mended = f"Bring it up to date with: git merge {shlex.quote(name)}"
        raise UsageProblem(
            f"{name} and the proposal have no accepted commit in common. "
            f"{mended if shared else 'Name another base with --base REV.'}"
        )
    return replace(at_the_tip, commit=base, behind=len(lacked))


def _lacked(repository: Repository, tip: str, head: str, shared: str) -> dict[str, str | None]:
    """Commits before ``tip`` that ``head`` lacks, with first parents; ``shared`` helps git."""
    known = [f"^{commit}" for commit in (head, shared) if commit]
    rows = map(str.split, repository.lines("rev-list", "--parents", tip, *known))
    return {one: parents[0] if parents else None for one, *parents in rows}
