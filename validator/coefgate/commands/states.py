"""What the commands work on: a registry's state, compiled, and the audited samples that score it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from coefgate.estimator.table import Table, compile_table
from coefgate.history.checkout_tree import CheckoutTree
from coefgate.history.repository import NoRepository, Repository
from coefgate.history.version import registry_version, worktree_version
from coefgate.problems import InvalidInput
from coefgate.registry.model import Registry
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.registry.snapshot import digest, snapshot
from coefgate.releases.version import UNVERSIONED
from coefgate.samples.eligibility import audit
from coefgate.samples.model import Audited, SampleStore
from coefgate.samples.reading import read_sample_path, read_samples, sample_problems
from coefgate.trees import Tree


@dataclass(frozen=True, slots=True)
class State:
    """Coefficients at one moment. ``revision`` is the full commit, or ``worktree``."""

    registry: Registry
    table: Table
    revision: str


def worktree_state(root: Path) -> State:
    """The registry in the folder ``root``; outside git it has no version."""
    return compiled(read_registry(CheckoutTree(root)), _worktree_version(root), "worktree")


def revision_state(repository: Repository, commit: str) -> State:
    """The registry at a commit."""
    registry = read_registry(repository.tree(commit))
    return compiled(registry, registry_version(repository, commit), commit)


def worktree_with_samples(root: Path) -> tuple[State, SampleStore]:
    """Registry and samples of the folder ``root``. Raises ``InvalidInput`` with every problem of both."""
    registry, store = read_both(CheckoutTree(root))
    return compiled(registry, _worktree_version(root), "worktree"), store


def revision_with_samples(repository: Repository, commit: str) -> tuple[State, SampleStore]:
    """Registry and samples as they were at a commit."""
    registry, store = read_both(repository.tree(commit))
    return compiled(registry, registry_version(repository, commit), commit), store


def sample_store(root: Path, path: Path | None) -> SampleStore:
    """The samples in ``path``, or those of the registry at ``root``."""
    return read_samples(CheckoutTree(root)) if path is None else read_sample_path(path)


def audited_samples(store: SampleStore, registry: Registry) -> tuple[Audited, ...]:
    """Every sample with its status under the scope and the unit of ``registry``."""
    return audit(store, scope=registry.gates.scope, unit=registry.unit)


def read_both(tree: Tree, memo: Memo | None = None) -> tuple[Registry, SampleStore]:
    """Registry and samples of a tree. Raises ``InvalidInput`` with every problem of both."""
    registry, problems = registry_problems(tree, memo)
    store, in_samples = sample_problems(tree)
    if registry is None or store is None:
        raise InvalidInput(problems + in_samples)
    return registry, store


def _worktree_version(root: Path) -> str:
    with ExitStack() as stack:
        try:
            return worktree_version(stack.enter_context(Repository(root)))
        except NoRepository:
            return UNVERSIONED


def compiled(registry: Registry, version: str, revision: str) -> State:
    """A registry, ready to estimate."""
    content = snapshot(registry)
    table = compile_table(content, registry_version=version, digest=digest(content))
    return State(registry, table, revision)
