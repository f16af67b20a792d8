"""What a proposal is compared with: the newest state of the target branch's own line that it contains."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.ci_target import Named
from coefgate.git.repository import Repository

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

    ``behind``: how many commits the target branch has that head lacks; 0 where head contains its
    ``tip``, which is the base then. ``found_by``: what named it (``--base``, ``GITHUB_BASE_REF``,
    ``main``). ``guessed_of``: the remote of which it is taken to be the default branch for its
    name alone; else empty.
    """

    commit: str
    name: str
    behind: int
    found_by: str
    tip: str
    guessed_of: str = ""


def remote_default(repository: Repository, *, pushed_to: str | None = None) -> Found | None:
    """The branch of a remote that changes go to: its ``HEAD``, ``main``, ``master``, or what git is set to.

    That of ``pushed_to``, else of ``origin``, else of the only remote that has one. A full name,
    since a tag may have the same short one. Raises ``EnvironmentProblem`` where it may be that of
    several.
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
            f"{NO_BASE}: the remotes {', '.join(known[:-1])} and {known[-1]} may each be where "
            "changes go to, and none is called origin. Call that one so with git remote rename "
            "NAME origin, or name the accepted state with: coefgate gate --base REV"
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
    listing = repository.git(
        "for-each-ref", "--format=%(refname)", *(found.ref for found in wanted)
    )
    refs = listing.decode().splitlines()
    return next((found for found in wanted if found.ref in refs), None)


def _own_head(repository: Repository) -> tuple[Found, ...]:
    """The branch that the repository's own ``HEAD`` names, if it names one."""
    try:
        return (
            Found(
                os.fsdecode(repository.git("symbolic-ref", "--quiet", "HEAD").rstrip(b"\n")),
                "HEAD",
            ),
        )
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

    It is on the first parents of the target: what a merge brought in beside them was never
    accepted by itself. Raises ``EnvironmentProblem`` where a shallow clone does not reach back far
    enough, ``UsageProblem`` where head contains nothing of that line.
    """
    tip, name = repository.commit(found.ref), _short(found.ref)
    at_the_tip = Target(tip, name, 0, found.by, tip, _guessed_of(found))
    if head is None or tip == head:
        return at_the_tip
    try:
        shared = repository.git("merge-base", tip, head).decode().strip()
    except EnvironmentProblem:
        shared = ""
    if shared == tip:
        return at_the_tip
    if repository.shallow:
        raise EnvironmentProblem(
            f"this clone is shallow, so nobody can tell where the proposal left {name}. "
            "Get the history with: git fetch --unshallow"
        )
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


def _guessed_of(found: Found) -> str:
    by_name = found.by in (*_BRANCHES, _CONFIGURED) and found.ref.startswith(_REMOTES)
    return _owner_and_name(found.ref)[0] if by_name else ""


def _lacked(repository: Repository, tip: str, head: str, shared: str) -> dict[str, str | None]:
    """The commits before ``tip`` that ``head`` lacks, each with its first parent.

    ``shared``: a commit that both have, if any; git takes it as a hint where clocks were wrong.
    """
    known = [f"^{commit}" for commit in (head, shared) if commit]
    listing = repository.git("rev-list", "--parents", tip, *known).decode()
    return {
        one: parents[0] if parents else None
        for one, *parents in map(str.split, listing.splitlines())
    }
