"""The branch that a proposal is on its way to: as a CI names it, or a default of git."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from coefgate.core.problems import EnvironmentProblem
from coefgate.git.repository import Repository

VARIABLES: Final = (
    "COEFGATE_TARGET_BRANCH",
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",
)
"""Set for a proposal and for nothing else: by GitHub, GitLab (twice), Azure Pipelines, Bitbucket
and Jenkins; the first is for another CI, as for CircleCI, which sets none.
Explained in docs/reference/base.md"""
_BRANCHES: Final = ("HEAD", "main", "master")
_REMOTES: Final = "refs/remotes/"
_LOCAL: Final = "refs/heads/"
_TAGS: Final = "refs/tags/"
_CONFIGURED: Final = "init.defaultBranch"


class TargetBranch(NamedTuple):
    """A branch, and what named it; ``ref``: its full name, once it was looked for."""

    ref: str
    named_by: str

    @property
    def name(self) -> str:
        """The branch, or a tag, as people name it."""
        return self.ref.removeprefix(_REMOTES).removeprefix(_LOCAL).removeprefix(_TAGS)

    @property
    def guessed_of(self) -> str:
        """The remote whose default branch it is taken to be for its name alone; else empty."""
        by_name = self.named_by in (*_BRANCHES, _CONFIGURED) and self.ref.startswith(_REMOTES)
        return _owner_and_name(self.ref)[0] if by_name else ""


def no_base(why: str) -> EnvironmentProblem:
    """The problem of a proposal that nothing can judge."""
    return EnvironmentProblem(f"there is no base to judge against: {why}")


def ci_target(environment: Mapping[str, str]) -> TargetBranch | None:
    """The target branch of the proposal that a CI is at work on, if there is such a thing."""
    for variable in VARIABLES:
        # Azure gives the full ref for its own repositories and the short name for those of GitHub.
        if branch := environment.get(variable, "").strip().removeprefix(_LOCAL):
            return TargetBranch(branch, variable)
    return None


def branch_of(
    repository: Repository, named: TargetBranch, remote: str | None
) -> TargetBranch | None:
    """The branch that a CI names, of ``remote`` or of this repository, if it is here."""
    ref = f"{_LOCAL}{named.ref}" if remote is None else f"{_REMOTES}{remote}/{named.ref}"
    return named._replace(ref=ref) if ref in repository.refs("%(refname)", ref) else None


def remote_default(repository: Repository, *, pushed_to: str | None = None) -> TargetBranch | None:
    """The branch of a remote that changes go to: ``HEAD``, ``main``, ``master``, or git's default.

    That of ``the_remote``. A full name, since a tag may have the same short one.
    """
    names = _default_names(repository)
    patterns = (f"{_REMOTES}*/{name}" for name in names)
    rows = (row.split(" ") for row in repository.refs("%(refname) %(symref)", *patterns))
    refs = {_owner_and_name(ref): points_to or ref for ref, points_to in rows}
    owner = the_remote((own for own, name in refs if name in names), pushed_to)
    if owner is None:
        return None
    name = next(name for name in names if (owner, name) in refs)
    named_by = f"{owner}/HEAD" if name == "HEAD" else _named_by(name)
    return TargetBranch(refs[owner, name], named_by)


def the_remote(names: Iterable[str], pushed_to: str | None) -> str | None:
    """The remote that changes go to: what is pushed to, ``origin``, or the only one, if any.

    Raises ``EnvironmentProblem`` where it may be any of several.
    """
    known = sorted(set(names))
    for name in (pushed_to, "origin"):
        if name in known:
            return name
    if len(known) > 1:
        raise no_base(
            f"the remotes {', '.join(known[:-1])} and {known[-1]} may each be where "
            "changes go to, and none is called origin. Rename the right one with git remote "
            "rename NAME origin, or name the accepted state with: coefgate gate --base REV"
        )
    return known[0] if known else None


def _owner_and_name(ref: str) -> tuple[str, str]:
    owner, _, name = ref.removeprefix(_REMOTES).partition("/")
    return owner, name


def local_default(repository: Repository) -> TargetBranch | None:
    """``main``, ``master`` or what git is set to, among the branches of this repository itself.

    Before them comes the ``HEAD`` of a bare one, its default; elsewhere it is what is checked out.
    """
    names = _default_names(repository)[1:]
    wanted = [TargetBranch(f"{_LOCAL}{name}", _named_by(name)) for name in names]
    own_head = repository.checked_out_ref() if repository.bare else None
    if own_head is not None:
        wanted.insert(0, TargetBranch(own_head, "HEAD"))
    refs = repository.refs("%(refname)", *(one.ref for one in wanted))
    return next((one for one in wanted if one.ref in refs), None)


def _default_names(repository: Repository) -> tuple[str, ...]:
    configured = repository.setting(_CONFIGURED).strip()
    return tuple(dict.fromkeys((*_BRANCHES, configured))) if configured else _BRANCHES


def _named_by(branch: str) -> str:
    return branch if branch in _BRANCHES else _CONFIGURED
