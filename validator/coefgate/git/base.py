"""Which base judges a head: named, or found; else why there is nothing before it, or how to get what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from coefgate.core.credentials import scrubbed
from coefgate.core.problems import EnvironmentProblem
from coefgate.git.ci_target import Named, named_target
from coefgate.git.damaged_repository import claims_to_be_one
from coefgate.git.remotes import (
    add_and_fetch,
    branches,
    configured_as,
    fetch_branch,
    fetch_branches,
    remotes,
    tracks,
)
from coefgate.git.repository import NoRepository, Repository
from coefgate.git.target_branch import (
    NO_BASE,
    Found,
    Target,
    branch_of,
    local_default,
    remote_default,
    target,
    the_remote,
)

_FIRST: Final = "it is the first commit"
_NAME_ONE: Final = "Name the accepted state with: coefgate gate --base REV"


def without_repository(root: Path, error: NoRepository, environment: Mapping[str, str]) -> str:
    """Why there is nothing before the folder ``root``, in which git found no repository.

    ``error``: what git, or the lack of it, said. Raises ``EnvironmentProblem`` where there is
    something before it all the same.
    """
    if claims_to_be_one(root):
        raise EnvironmentProblem(
            f"{NO_BASE}: {root} lies in a git repository, and {error}"
        ) from error
    named = named_target(environment)
    if named is not None:
        raise EnvironmentProblem(
            f"{NO_BASE}: {named.variable} names {named.branch}, and {root} is in no git "
            "repository; a CI that finds no git may fetch an archive. Check the proposal out "
            "again, with its history, after a step that makes this work: git --version"
        ) from error
    if environment.get("GIT_DIR") and not environment.get(
        "GIT_WORK_TREE"
    ):  # it may be that of this folder
        raise EnvironmentProblem(f"{NO_BASE}: {error}") from error
    return "there is no git repository"


def find_base(
    repository: Repository,
    commit: str | None,
    *,
    is_committed: Callable[[], bool],
    pushed_to: str | None,
    environment: Mapping[str, str],
) -> Target | str:
    """The base of a head, or in a few words why there is nothing before it.

    ``commit``: what head is (``is_committed``), or stands on. ``pushed_to``: the remote that it is
    on its way to, as git names it to a hook. Raises ``EnvironmentProblem`` where there is
    something before it that this clone lacks, with the command that brings it.
    """
    named = named_target(environment)
    pushed_to = configured_as(repository, pushed_to) if pushed_to else pushed_to
    if named is None:
        found = remote_default(repository, pushed_to=pushed_to)
    else:
        found = _named_by_ci(repository, named, pushed_to)
    if found is not None:
        return target(repository, commit, found)
    empty = _without_branches(repository, pushed_to)
    if pushed_to is None:
        found = local_default(repository)
        if found is not None:
            return _of_this_repository(repository, commit, found, is_committed)
    elif empty:
        return f"{empty} has no branches yet"
    if commit is None and not _has_refs(repository):
        return "nothing is committed yet"
    if (
        commit is not None
        and not repository.shallow
        and _is_first(repository, commit)
        and is_committed()
    ):
        return _FIRST
    raise EnvironmentProblem(
        f"{NO_BASE}: this repository has a history, and neither a branch of a remote nor main, "
        f"master or init.defaultBranch. {_NAME_ONE}"
    )


def _of_this_repository(
    repository: Repository, commit: str | None, found: Found, is_committed: Callable[[], bool]
) -> Target | str:
    """The branch that was ``found`` here; where head is its tip, the commit before that, if there is one."""
    base = target(repository, commit, found)
    if commit != base.tip or not is_committed():
        return base
    parents = repository.git("rev-list", "--parents", "--max-count=1", commit).decode().split()[1:]
    if parents:
        return replace(base, commit=parents[0], tip=parents[0], name=f"{base.name}~1")
    if repository.shallow:
        raise EnvironmentProblem(
            f"{NO_BASE}: this clone is shallow, so nobody can tell what was before the tip of "
            f"{base.name}. Get the history with: git fetch --unshallow"
        )
    return _FIRST


def _named_by_ci(repository: Repository, named: Named, pushed_to: str | None) -> Found:
    """The branch that a CI names; another one would be another judge."""
    # The branch of a fork, or one that is checked out, may be the proposal itself.
    remote = None if repository.bare else the_remote(remotes(repository), pushed_to=pushed_to)
    found = branch_of(repository, named, remote)
    if found is not None:
        return found
    what = f"{NO_BASE}: {named.variable} names {named.branch}, which is not here"
    if remote is None:
        raise EnvironmentProblem(f"{what}. {_NAME_ONE}")
    there = _branches_if_told(repository, remote)
    if there is not None and named.branch not in there:
        lacks = "no branch of that name" if there else "no branches yet"
        raise EnvironmentProblem(f"{what}, and {remote} has {lacks}. {_NAME_ONE}")
    raise EnvironmentProblem(
        f"{what}. Name another base with --base REV, or fetch it with:\n"
        f"{fetch_branch(repository, remote, named.branch)}"
    )


def _branches_if_told(repository: Repository, remote: str) -> frozenset[str] | None:
    """The branches of a remote; ``None`` where it does not answer, of which a fetch will tell the cause."""
    try:
        return branches(repository, remote)
    except EnvironmentProblem:
        return None


def _without_branches(repository: Repository, pushed_to: str | None) -> str:
    """The remote that has no branches, empty where there is no remote.

    A clone cannot tell such a remote from one that nothing was fetched from, so it is asked.
    Raises ``EnvironmentProblem`` where one has branches, or gives no answer.
    """
    if repository.bare and pushed_to is None:
        return ""  # the branches of a bare clone are those of its remote
    known = remotes(repository)
    asked = (pushed_to,) if pushed_to else known
    for remote in asked:
        shown = scrubbed(remote)
        if not (tracks(repository, remote) or _asked(repository, remote, shown)):
            continue
        fetch = (
            fetch_branches(repository, remote)
            if remote in known
            else add_and_fetch(repository, shown)
        )
        raise EnvironmentProblem(
            f"{NO_BASE}: {shown} has branches, and none here is known to be the one that changes "
            "go to. Name the accepted state with --base REV, or fetch what is there "
            f"with:\n{fetch}"
        )
    return scrubbed(asked[0]) if asked else ""


def _asked(repository: Repository, remote: str, shown: str) -> bool:
    try:
        return bool(branches(repository, remote))
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            f"{NO_BASE}: nothing of {shown} is here, and it could not be asked whether it has "
            f"branches: {error}\n{_NAME_ONE}"
        ) from error


def _is_first(repository: Repository, commit: str) -> bool:
    """Is it the root of all that is here? Beside another history an orphan is a proposal like any other."""
    has_parent = repository.git("rev-list", "--max-count=1", "--skip=1", commit)
    return not has_parent and not _has_refs(repository, f"--no-contains={commit}")


def _has_refs(repository: Repository, *wanted: str) -> bool:
    """Is any branch or tag here, of those that are ``wanted`` by an option of git?"""
    kinds = ("refs/heads", "refs/remotes", "refs/tags")
    return bool(repository.git("for-each-ref", "--count=1", *wanted, *kinds))
