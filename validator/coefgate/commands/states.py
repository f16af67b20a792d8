"""A registry's state that a command works on: its coefficients, compiled, with version and digest."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from coefgate.estimator.table import Table, compile_table
from coefgate.history.repository import NoRepository, Repository
from coefgate.history.version import UNVERSIONED, registry_version, worktree_version
from coefgate.registry.model import Registry
from coefgate.registry.reading import read_registry
from coefgate.registry.snapshot import digest, snapshot
from coefgate.trees import FolderTree


@dataclass(frozen=True, slots=True)
class State:
    """``revision`` is the full commit, or ``worktree``."""

    registry: Registry
    table: Table
    revision: str

    @property
    def version(self) -> str:
        return self.table.registry_version

    @property
    def digest(self) -> str:
        return self.table.digest


def worktree_state(root: Path) -> State:
    """The registry in the folder ``root``; outside git it has no version."""
    registry = read_registry(FolderTree(root))
    with ExitStack() as stack:
        try:
            version = worktree_version(stack.enter_context(Repository(root)))
        except NoRepository:
            version = UNVERSIONED
    return _state(registry, version, "worktree")


def revision_state(repository: Repository, revision: str) -> State:
    """The registry at a revision."""
    tree = repository.tree(revision)
    return _state(read_registry(tree), registry_version(repository, tree.commit), tree.commit)


def _state(registry: Registry, version: str, revision: str) -> State:
    content = snapshot(registry)
    table = compile_table(content, registry_version=version, digest=digest(content))
    return State(registry, table, revision)
