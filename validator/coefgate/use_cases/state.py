"""What the commands work on: a registry's state, compiled, and the audited samples that score it."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.problems import EnvironmentProblem, InvalidInput
from coefgate.core.snapshot import digest
from coefgate.core.table import Table, compile_table
from coefgate.core.trees import Tree
from coefgate.core.versions import UNVERSIONED
from coefgate.git.checkout_tree import CheckoutTree
from coefgate.git.repository import NoRepository, Repository
from coefgate.git.state_version import registry_version, worktree_version
from coefgate.registry.compiled import snapshot
from coefgate.registry.model import Registry
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.samples.eligibility import audit
from coefgate.samples.model import Audited, SampleStore
from coefgate.samples.reading import sample_problems


@dataclass(frozen=True, slots=True)
class State:
    """Coefficients at one moment. ``revision`` is the full commit, or ``worktree``."""

    registry: Registry
    table: Table
    revision: str


def worktree_state(folder: CheckoutTree) -> State:
    """The registry in the folder; outside git it has no version."""
    return compiled(read_registry(folder), _version(folder), "worktree")


def revision_state(repository: Repository, commit: str) -> State:
    """The registry at a commit."""
    registry = read_registry(repository.tree(commit))
    return compiled(registry, registry_version(repository, commit), commit)


def worktree_with_samples(folder: CheckoutTree) -> tuple[State, SampleStore]:
    """Registry and samples of the folder. Raises ``InvalidInput`` with every problem of both."""
    registry, store = read_both(folder)
    return compiled(registry, _version(folder), "worktree"), store


def revision_with_samples(repository: Repository, commit: str) -> tuple[State, SampleStore]:
    """Registry and samples as they were at a commit."""
    registry, store = read_both(repository.tree(commit))
    return compiled(registry, registry_version(repository, commit), commit), store


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


def _version(folder: CheckoutTree) -> str:
    if isinstance(folder.repository, NoRepository):
        return UNVERSIONED
    if isinstance(folder.repository, EnvironmentProblem):
        raise folder.repository
    return worktree_version(folder.repository)


def compiled(registry: Registry, version: str, revision: str) -> State:
    """A registry, ready to estimate."""
    content = snapshot(registry)
    table = compile_table(content, registry_version=version, digest=digest(content))
    return State(registry, table, revision)
