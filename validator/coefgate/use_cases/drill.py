"""What a drill is held on: the accepted files, in a repository that may be spoiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from coefgate.core.git_process import NoRepository
from coefgate.core.trees import Tree
from coefgate.git.repository import Repository
from coefgate.git.scratch_repository import ScratchRepository
from coefgate.git.working_tree import CheckoutTree
from coefgate.use_cases.state import read_both


def accepted_files(root: Path) -> dict[str, bytes]:
    """The registry's files at HEAD; those in the folder where there is no commit, or no git.

    Raises ``InvalidInput`` where they hold no valid registry.
    """
    try:
        with Repository(root) as repository:
            commit = repository.head()
            folder = CheckoutTree(root, repository)
            return _files(folder if commit is None else repository.tree(commit))
    except NoRepository as error:
        return _files(CheckoutTree(root, error))


def _files(tree: Tree) -> dict[str, bytes]:
    read_both(tree)  # whatever is planted, the registry itself must be valid
    entries = [entry for folder in ("coefficients", "samples") for entry in tree.entries(folder)]
    return {entry.path: tree.read(entry.path) for entry in entries}


@contextmanager
def scratch_copy(files: Mapping[str, bytes]) -> Iterator[ScratchRepository]:
    """A repository in a temporary folder whose first commit has these files."""
    with ScratchRepository() as scratch:
        scratch.check_out(scratch.commit(files, parent=None))
        yield scratch
