"""Which base judges a head: named, or found; else why there is nothing before it, or how to get what is."""

from __future__ import annotations

from collections.abc import Mapping

from coefgate.credentials import scrubbed
from coefgate.history.proposals import Named, named_target
from coefgate.history.remotes import fetch_branch, fetch_branches, has_branches, remotes, tracks
from coefgate.history.repository import Repository
from coefgate.history.target import Found, Target, branch_of, local_default, remote_default, target
from coefgate.problems import EnvironmentProblem

_NO_BASE = "there is no base to judge against"


def find_base(
    repository: Repository,
    commit: str | None,
    *,
    is_commit: bool,
    pushed_to: str | None,
    environment: Mapping[str, str],
) -> Target | str:
    """The base of a head, or in a few words why there is nothing before it.

    ``commit``: what head is (``is_commit``), or stands on. ``pushed_to``: the remote that it is on its way
    to, as git names it to a hook. Raises ``EnvironmentProblem`` where there is something before it that this
    clone lacks, with the command that brings it.
    """
    named = named_target(environment)
    found = (
        remote_default(repository, pushed_to=pushed_to) if named is None else _named_by_ci(repository, named)
    )
    if found is not None:
        return target(repository, commit, found)
    empty = _without_branches(repository, pushed_to)
    if pushed_to is None:
        found = local_default(repository)
        if found is not None:
            return target(repository, commit, found)
    elif empty:
        return f"{empty} has no branches yet"
    if commit is None:
        return "nothing is committed yet"
    if is_commit and not repository.shallow and _is_root(repository, commit):
        return "it is the first commit"
    raise EnvironmentProblem(
        f"{_NO_BASE}: this repository has a history, and neither a branch of a remote nor main, master or "
        "init.defaultBranch. Name the accepted state with: coefgate gate --base REV"
    )


def _named_by_ci(repository: Repository, named: Named) -> Found:
    """The branch that a CI names; another one would be another judge."""
    # The branch of a fork, or one that is checked out, may be the proposal itself.
    remote = None if repository.bare else next(iter(remotes(repository)), None)
    found = branch_of(repository, named, remote)
    if found is not None:
        return found
    what = f"{_NO_BASE}: {named.variable} names {named.branch}, which is not here"
    if remote is None:
        raise EnvironmentProblem(f"{what}. Name the accepted state with: coefgate gate --base REV")
    raise EnvironmentProblem(
        f"{what}. Name another base with --base REV, or fetch it with:\n"
        f"{fetch_branch(repository, remote, named.branch)}"
    )


def _without_branches(repository: Repository, pushed_to: str | None) -> str:
    """The remote that has no branches, empty where there is no remote.

    A clone cannot tell such a remote from one that nothing was fetched from, so it is asked. Raises
    ``EnvironmentProblem`` where one has branches, or gives no answer.
    """
    if repository.bare and pushed_to is None:
        return ""  # the branches of a bare clone are those of its remote
    known = remotes(repository)
    asked = (pushed_to,) if pushed_to else known
    for remote in asked:
        shown = scrubbed(remote)
        if not (tracks(repository, remote) or _asked(repository, remote, shown)):
            continue
        fetch = fetch_branches(repository, remote) if remote in known else f"git fetch {shown}"
        raise EnvironmentProblem(
            f"{_NO_BASE}: {shown} has branches, and none here is known to be the one that changes go to. "
            f"Name the accepted state with --base REV, or fetch what is there with:\n{fetch}"
        )
    return scrubbed(asked[0]) if asked else ""


def _asked(repository: Repository, remote: str, shown: str) -> bool:
    try:
        return has_branches(repository, remote)
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            f"{_NO_BASE}: nothing of {shown} is here, and it could not be asked whether it has branches "
            f"({error}). Name the accepted state with: coefgate gate --base REV"
        ) from error


def _is_root(repository: Repository, commit: str) -> bool:
    return not repository.git("rev-list", "--max-count=1", "--skip=1", commit)
