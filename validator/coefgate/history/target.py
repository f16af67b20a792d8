"""What a proposal is compared with: the tip of the target branch, or where head left it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from coefgate.history.proposals import Named
from coefgate.history.repository import Repository
from coefgate.problems import EnvironmentProblem, UsageProblem

NO_BASE: Final = "there is no base to judge against"
_BRANCHES: Final = ("HEAD", "main", "master")
_REMOTES: Final = "refs/remotes/"
_LOCAL: Final = "refs/heads/"
_TAGS: Final = "refs/tags/"
_CONFIGURED: Final = "init.defaultBranch"


class Found(NamedTuple):
    """A branch, as the full name of its ref, and what named it (``origin/HEAD``, ``main``)."""

    ref: str
    by: str


@dataclass(frozen=True, slots=True)
class Target:
    """``commit``: the base that judges. ``name``: as it was asked for, or found (``origin/main``).

    ``behind``: how many commits the target branch has that head lacks; 0 where head contains its ``tip``,
    which is the base then. ``found_by``: what named it (``--base``, ``GITHUB_BASE_REF``, ``main``).
    """

    commit: str
    name: str
    behind: int
    found_by: str
    tip: str


def remote_default(repository: Repository, *, pushed_to: str | None = None) -> Found | None:
    """The branch of a remote that changes go to: its ``HEAD``, ``main``, ``master``, or what git is set to.

    That of ``pushed_to``, else of ``origin``, else of the only remote that has one. A full name, since a tag
    may have the same short one. Raises ``EnvironmentProblem`` where it may be that of several.
    """
    names = _default_names(repository)
    listing = repository.git(
        "for-each-ref", "--format=%(refname) %(symref)", *(f"{_REMOTES}*/{name}" for name in names)
    )
    rows = (row.split(" ") for row in listing.decode().splitlines())
    refs = {ref: points_to for ref, points_to in rows if _owner_and_name(ref)[1] in names}

    owner = the_remote((_owner_and_name(ref)[0] for ref in refs), pushed_to=pushed_to)
    if owner is None:
        return None
    name = next(name for name in names if f"{_REMOTES}{owner}/{name}" in refs)
    ref = f"{_REMOTES}{owner}/{name}"
    return Found(refs[ref] or ref, f"{owner}/HEAD" if name == "HEAD" else _named_by(name))


def the_remote(names: Iterable[str], *, pushed_to: str | None) -> str | None:
    """The remote that changes go to: what is pushed to, ``origin``, or the only one; ``None`` without any.

    Raises ``EnvironmentProblem`` where it may be any of several.
    """
    known = sorted(set(names))
    for name in (pushed_to, "origin"):
        if name in known:
            return name
    if len(known) > 1:
        raise EnvironmentProblem(
            f"{NO_BASE}: the remotes {', '.join(known[:-1])} and {known[-1]} may each be where changes go "
            "to, and none is called origin. Call that one so with git remote rename NAME origin, or name the "
            "accepted state with: coefgate gate --base REV"
        )
    return known[0] if known else None


def _owner_and_name(ref: str) -> tuple[str, str]:
    owner, _, name = ref.removeprefix(_REMOTES).partition("/")
    return owner, name


def local_default(repository: Repository) -> Found | None:
    """``main``, ``master`` or what git is set to, among the branches of this repository itself.

    Before them comes the ``HEAD`` of a bare one, its default; elsewhere it is what is checked out.
    """
    names = _default_names(repository)[1:]
    wanted = [Found(f"{_LOCAL}{name}", _named_by(name)) for name in names]
    if repository.bare:
        wanted = [*_own_head(repository), *wanted]
    listing = repository.git("for-each-ref", "--format=%(refname)", *(found.ref for found in wanted))
    refs = listing.decode().splitlines()
    return next((found for found in wanted if found.ref in refs), None)


def _own_head(repository: Repository) -> tuple[Found, ...]:
    """The branch that the repository's own ``HEAD`` names, if it names one."""
    try:
        return (Found(os.fsdecode(repository.git("symbolic-ref", "--quiet", "HEAD").rstrip(b"\n")), "HEAD"),)
    except EnvironmentProblem:
        return ()


def _default_names(repository: Repository) -> tuple[str, ...]:
    configured = repository.git("config", "--default=", "--get", _CONFIGURED).decode().strip()
    return tuple(dict.fromkeys((*_BRANCHES, configured))) if configured else _BRANCHES


def _named_by(branch: str) -> str:
    return branch if branch in _BRANCHES else _CONFIGURED


def branch_of(repository: Repository, named: Named, remote: str | None) -> Found | None:
    """The branch that a CI names, of ``remote``, or of this repository; ``None`` where it is not here."""
    ref = f"{_LOCAL}{named.branch}" if remote is None else f"{_REMOTES}{remote}/{named.branch}"
    listing = repository.git("for-each-ref", "--format=%(refname)", ref).decode().splitlines()
    return Found(ref, named.variable) if ref in listing else None


def _short(revision: str) -> str:
    """A branch or tag as people name it."""
    return revision.removeprefix(_REMOTES).removeprefix(_LOCAL).removeprefix(_TAGS)


def target(repository: Repository, head: str | None, found: Found) -> Target:
    """The base for the commit ``head`` on its way to what was ``found``; its tip where nothing is committed.

    Raises ``EnvironmentProblem`` where a shallow clone does not reach back far enough, ``UsageProblem``
    where the two have no history in common.
    """
    tip, name = repository.commit(found.ref), _short(found.ref)
    if head is None or tip == head:
        return Target(tip, name, 0, found.by, tip)
    try:
        base = repository.git("merge-base", tip, head).decode().strip()
    except EnvironmentProblem as error:
        base = ""
        if not repository.shallow:
            raise UsageProblem(
                f"{name} and the proposal have no commit in common. Name another base with --base REV."
            ) from error
    if base == tip:
        return Target(tip, name, 0, found.by, tip)
    if repository.shallow:
        raise EnvironmentProblem(
            f"this clone is shallow, so nobody can tell where the proposal left {name}. "
            "Get the history with: git fetch --unshallow"
        )
    behind = int(repository.git("rev-list", "--count", f"{head}..{tip}"))
    return Target(base, name, behind, found.by, tip)
