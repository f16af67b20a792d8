"""What a proposal is compared with: the tip of the target branch, or where head left it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coefgate.history.repository import Repository
from coefgate.problems import EnvironmentProblem, UsageProblem

_BRANCHES: Final = ("HEAD", "main", "master")
_REMOTES: Final = "refs/remotes/"
_LOCAL: Final = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Target:
    """``commit``: the base that judges. ``name``: as it was asked for, or found (``origin/main``).

    ``behind``: how many commits the target branch has that head lacks; 0 where head contains its tip, which
    is the base then. ``found_by``: what named it (``--base``, ``GITHUB_BASE_REF``, ``main``).
    """

    commit: str
    name: str
    behind: int
    found_by: str


def default_branch(repository: Repository, *, remote: str | None = None) -> str | None:
    """The branch that changes go to: ``HEAD``, ``main`` or ``master`` of ``origin``, else of another remote.

    Else ``main`` or ``master`` here. As the full name of its ref, since a tag may have the same short one.
    ``remote``: what is pushed to, where something is; then no branch here will do, since it may be the very
    thing that is pushed.
    """
    patterns = [f"{_REMOTES}*/{branch}" for branch in _BRANCHES]
    if remote is None:
        patterns += [f"{_LOCAL}{branch}" for branch in _BRANCHES]
    listing = repository.git("for-each-ref", "--format=%(refname)", *patterns).decode().split()

    def rank(ref: str) -> tuple[bool, bool, bool, str, int]:
        owner, _, branch = ref.removeprefix(_REMOTES).removeprefix(_LOCAL).rpartition("/")
        return (
            ref.startswith(_LOCAL),
            owner != "origin",
            owner != remote,
            owner,
            _BRANCHES.index(branch),
        )

    return min(listing, key=rank, default=None)


def _short(revision: str) -> str:
    """A branch as people name it."""
    return revision.removeprefix(_REMOTES).removeprefix(_LOCAL)


def target(repository: Repository, head: str | None, revision: str, *, found_by: str) -> Target:
    """The base for the commit ``head`` on its way to ``revision``; its tip where nothing is committed yet.

    Raises ``EnvironmentProblem`` where a shallow clone does not reach back far enough, ``UsageProblem``
    where the two have no history in common.
    """
    tip, name = repository.commit(revision), _short(revision)
    if head is None or tip == head:
        return Target(tip, name, 0, found_by)
    try:
        base = repository.git("merge-base", tip, head).decode().strip()
    except EnvironmentProblem as error:
        base = ""
        if not repository.shallow:
            raise UsageProblem(
                f"{name} and the proposal have no commit in common. Name another base with --base REV."
            ) from error
    if base == tip:
        return Target(tip, name, 0, found_by)
    if repository.shallow:
        raise EnvironmentProblem(
            f"this clone is shallow, so nobody can tell where the proposal left {name}. "
            "Get the history with: git fetch --unshallow"
        )
    behind = int(repository.git("rev-list", "--count", f"{head}..{tip}"))
    return Target(base, name, behind, found_by)
