"""What lies between two states, and what it does to the predictions of today's calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Final

from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.repository import Repository
from coefgate.git.working_tree import CheckoutTree
from coefgate.registry.reading import Memo, read_registry
from coefgate.replay.state import State, state_of
from coefgate.samples.reading import read_samples
from coefgate.use_cases.difference import Difference, difference
from coefgate.use_cases.state import read_state

WORKTREE: Final = "worktree"
INDEX: Final = "index"


def diff(root: Path, base: str = "HEAD", head: str | None = None) -> Difference:
    """Compare two states of the registry in ``root``: a revision, ``index`` or ``worktree`` each.

    ``head`` is the folder unless given, HEAD in a bare repository. Both are scored on the calls
    of the folder, in its scope; in a bare repository on those of ``head``.
    """
    with Repository(root) as repository:
        head = head or ("HEAD" if repository.bare else WORKTREE)
        memo: Memo = {}
        tree_of = cache(partial(_tree, repository))
        before, after = (_state(repository, tree_of(word), word, memo) for word in (base, head))
        today = tree_of(head if repository.bare else WORKTREE)
        registry, store = read_registry(today, memo), read_samples(today)
    audited = state_of(registry, store, revision=WORKTREE).audited()
    return difference(before, after, audited)


def _state(repository: Repository, tree: Tree, word: str, memo: Memo) -> State:
    """Problems of another state than the folder's say where they are."""
    try:
        return read_state(tree, repository, calls=False, memo=memo)
    except InvalidInput as error:
        raise InvalidInput(_placed(error.problems, word)) from error


def _tree(repository: Repository, word: str) -> Tree:
    if word == WORKTREE:
        if repository.bare:
            raise UsageProblem("a bare repository has no files in a folder. Name two commits.")
        return CheckoutTree(repository.root, repository)
    return repository.index_tree() if word == INDEX else repository.tree(word)


def _placed(problems: Iterable[Problem], word: str) -> Iterable[Problem]:
    """``HEAD~1:coefficients/…`` as git names the file of a commit."""
    if word == WORKTREE:
        return problems
    return [replace(problem, file=f"{word}:{problem.file}") for problem in problems]
