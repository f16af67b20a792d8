"""A proposal that brings a registry where base has none: is it really the first?"""

from __future__ import annotations

import posixpath
import shlex
from typing import Final

from coefgate.commands.heads import Head
from coefgate.history.presence import takes_away
from coefgate.history.repository import Repository
from coefgate.history.target import Target
from coefgate.problems import UsageProblem

_REGISTRY: Final = "/coefficients/registry.yaml"


def holds_registry(repository: Repository, commit: str) -> bool:
    """Is there anything of a registry at a commit?"""
    return bool(repository.tree(commit).entries("coefficients"))


def no_registry_yet(repository: Repository, found: Target, head: Head, files: frozenset[str]) -> str:
    """Why nothing is compared where base holds no registry in the folder of ``head``.

    ``files``: in which the two differ, from that folder. Raises ``UsageProblem`` where the target has one
    by now, or base has it elsewhere.
    """
    _refuse_moved(repository, found, head, files)
    if holds_registry(repository, found.tip):
        raise UsageProblem(
            f"the proposal left {found.name} before that had a registry, and it has one by now. "
            f"Bring the proposal up to date with: git merge {shlex.quote(found.name)}"
        )
    return f"the base {found.name} holds no registry yet"


def _refuse_moved(repository: Repository, found: Target, head: Head, files: frozenset[str]) -> None:
    """Raises ``UsageProblem`` where base holds a registry in a folder from which the proposal takes it."""
    for file in sorted(file for file in files if f"/{file}".endswith(_REGISTRY)):
        was = takes_away(repository, found.commit, head.source, file)
        if was is not None:
            raise UsageProblem(
                f"the base {found.name} has its registry in {was}, which the proposal takes away, so the one "
                "that it brings in another folder is not the first. A move cannot be judged: have changes "
                "judged where the registry was. Put it back with: "
                f"git checkout {found.commit[:12]} -- {shlex.quote(f':/{posixpath.dirname(was)}')}"
            )
