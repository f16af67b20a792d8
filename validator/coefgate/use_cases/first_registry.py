"""A proposal that brings a registry where base has none: is it really the first?"""

from __future__ import annotations

import posixpath
import shlex
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.git.base import Base
from coefgate.git.changed_files import takes_away
from coefgate.git.remotes import ask_for_default
from coefgate.git.repository import Repository
from coefgate.git.target_branch import no_base
from coefgate.git.trees import Objects
from coefgate.registry.files import FOLDER
from coefgate.registry.wording import first_of
from coefgate.use_cases.head import Head

_REGISTRY: Final = f"/{FOLDER}/registry.yaml"
_NAMED: Final = 3
"""Branches that a message names."""


def holds_registry(repository: Repository, commit: str) -> bool:
    """Is there anything of a registry at a commit?"""
    return bool(repository.tree(commit).entries(FOLDER))


def no_registry_yet(repository: Repository, found: Base, head: Head, files: frozenset[str]) -> str:
    """Why nothing is compared where base holds no registry in the folder of ``head``.

    ``files``: in which the two differ, from that folder. Raises ``UsageProblem`` where the target
    has one by now, or base has it elsewhere, and ``EnvironmentProblem`` where another branch may
    be the target.
    """
    _refuse_moved(repository, found, head, files)
    if holds_registry(repository, found.tip):
        raise UsageProblem(
            f"the proposal left {found.name} before that had a registry, and it has one by now. "
            f"Bring the proposal up to date with: git merge {shlex.quote(found.name)}"
        )
    if found.guessed_of:
        _refuse_guessed(repository, found, head)
    return f"the base {found.name} holds no registry yet"


def _refuse_guessed(repository: Repository, found: Base, head: Head) -> None:
    """Raises ``EnvironmentProblem`` where another branch of the remote has a registry."""
    own: tuple[str, ...] = ()
    if head.commit is not None and head.is_committed(repository):
        own = (head.commit, *repository.parents(head.commit)[1:])  # CI merges the others for it
    form = "%(objectname) %(tree) %(refname:lstrip=2)"
    rows = (row.split(" ") for row in repository.refs(form, f"refs/remotes/{found.guessed_of}/"))
    objects = Objects(repository)
    others = [
        name
        for commit, tree, name in rows
        if tree and commit not in own and objects.tree(tree).object_at(FOLDER) is not None
    ]
    if others:
        raise no_base(
            f"{found.name} is taken for the target by its name alone and holds no "
            f"registry, and there is one on {first_of(others, _NAMED)}. Name the target with "
            f"--base REV, such as --base {shlex.quote(others[0])}, or have git ask which branch "
            f"is the default:\n{ask_for_default(found.guessed_of)}"
        )


def _refuse_moved(repository: Repository, found: Base, head: Head, files: frozenset[str]) -> None:
    """Raises ``UsageProblem`` where the proposal takes a registry from another folder of base."""
    for file in sorted(file for file in files if f"/{file}".endswith(_REGISTRY)):
        was = takes_away(repository, found.commit, head.source, file)
        if was is not None:
            raise UsageProblem(
                f"the base {found.name} has its registry in {was}, which the proposal takes away, "
                "so the one that it brings in another folder is not the first. A move cannot be "
                "judged: have changes judged where the registry was. Put it back with: git "
                f"checkout {found.commit[:12]} -- {shlex.quote(f':/{posixpath.dirname(was)}')}"
            )
