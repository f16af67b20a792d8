"""A registry's state, read from the folder, the index or a commit."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, InvalidInput, UsageProblem
from coefgate.core.trees import Tree
from coefgate.core.versions import UNVERSIONED
from coefgate.git.release_tags import registry_version, worktree_version
from coefgate.git.repository import Repository
from coefgate.git.trees import IndexTree, RevisionTree
from coefgate.git.working_tree import CheckoutTree, checkout
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.replay.state import NO_CALLS, State, state_of
from coefgate.samples.model import SampleStore
from coefgate.samples.reading import sample_problems

WORKTREE: Final = "worktree"
INDEX: Final = "index"


def tree_of(repository: Repository, wanted: str, remedy: str) -> Tree:
    """The files of a revision, of the ``index``, or of the folder (``worktree``).

    Raises ``UsageProblem`` where a bare repository has neither of these; ``remedy``: what to do.
    """
    if wanted not in {WORKTREE, INDEX}:
        return repository.tree(wanted)
    if repository.bare:
        lacks = "files in a folder" if wanted == WORKTREE else "index"
        raise UsageProblem(f"a bare repository has no {lacks}. {remedy}")
    if wanted == INDEX:
        return IndexTree(repository)
    return CheckoutTree(repository.root, repository)


def read_state(
    tree: Tree,
    repository: Repository | EnvironmentProblem,
    *,
    calls: bool = True,
    memo: Memo | None = None,
) -> State:
    """The registry in ``tree`` with its calls, or without them; outside git it has no version.

    ``repository``: the one that holds it, or why there is none. ``memo``: what was read before.
    Raises ``InvalidInput`` with every problem of what is read.
    """
    registry, store = read_both(tree, memo) if calls else (read_registry(tree, memo), NO_CALLS)
    commit = tree.commit if isinstance(tree, RevisionTree) else None
    revision = commit or (INDEX if isinstance(tree, IndexTree) else WORKTREE)
    if isinstance(repository, Repository):
        version = registry_version(repository, commit) if commit else worktree_version(repository)
    elif isinstance(repository, NoRepository):
        version = UNVERSIONED
    else:
        raise repository
    return state_of(registry, store, revision=revision, version=version)


def state_at(root: Path, at: str | None = None, *, calls: bool = True) -> State:
    """As ``read_state``: the registry in the folder ``root``, or at the commit ``at``."""
    if at is None:
        with checkout(root) as folder:
            return read_state(folder, folder.repository, calls=calls)
    with Repository(root) as repository:
        return read_state(repository.tree(at), repository, calls=calls)


def read_both(tree: Tree, memo: Memo | None = None) -> tuple[Coefficients, SampleStore]:
    """Coefficients and samples of a tree. Raises ``InvalidInput`` with every problem of both."""
    registry, problems = registry_problems(tree, memo)
    store, in_samples = sample_problems(tree)
    if registry is None or store is None:
        raise InvalidInput(problems + in_samples)
    return registry, store


def contents_of(tree: Tree, *folders: str) -> dict[str, bytes]:
    """The files below these folders, by path."""
    return {one.path: tree.read(one.path) for folder in folders for one in tree.entries(folder)}
