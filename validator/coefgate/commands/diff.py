"""``coefgate diff``: what lies between two states, and what it does to predictions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Final

import click

from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.core.problems import PASS, InvalidInput, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.checkout_tree import CheckoutTree
from coefgate.git.repository import Repository
from coefgate.registry.reading import Memo, read_registry
from coefgate.replay.state import State, state_of
from coefgate.reports.console import emit, print_report
from coefgate.reports.diff_dicts import diff_json
from coefgate.reports.diffs import diff_text
from coefgate.reports.progress import progress
from coefgate.samples.reading import read_samples
from coefgate.use_cases.difference import Difference, difference
from coefgate.use_cases.state import read_state

WORKTREE: Final = "worktree"
INDEX: Final = "index"


@click.command()
@click.argument("base", metavar="[BASE]", default="HEAD")
@click.argument("head", metavar="[HEAD]", required=False)
@registry_or_bare_option
@format_option("text", "json")
def command(base: str, head: str | None, root: Path, output_format: str) -> int:
    """Show what differs between two states, and what that does to predictions.

    BASE is the commit HEAD unless given, HEAD the files in the folder. Both take a commit, a tag,
    a branch, `index` for what is staged, or `worktree`. Both states are scored on the calls that
    the folder holds today, in the scope of its gates.yaml; in a bare repository, on those of the
    second state.

    \b
    Examples:
      coefgate diff
      coefgate diff HEAD~1
      coefgate diff main my-branch --format json
    """
    with progress("Comparing on the stored calls …"):
        found = _difference(root, base, head)
    if output_format == "json":
        emit(diff_json(found))
    else:
        print_report(diff_text(found))
    return PASS


def _difference(root: Path, base: str, head: str | None) -> Difference:
    with Repository(root) as repository:
        head = head or ("HEAD" if repository.bare else WORKTREE)
        memo: Memo = {}
        tree_of = cache(partial(_tree, repository))
        states = [_state(repository, tree_of(word), word, memo) for word in (base, head)]
        today = tree_of(head if repository.bare else WORKTREE)
        registry = read_registry(today, memo)
        audited = state_of(registry, read_samples(today), revision=WORKTREE).audited()
    return difference(states[0], states[1], audited)


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
