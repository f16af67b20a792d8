"""Every value that a number had, and who gave it; apart from ``explain``, which needs numpy."""

from __future__ import annotations

from pathlib import Path

from coefgate.git.number_history import life_of
from coefgate.git.repository import Repository
from coefgate.git.working_tree import CheckoutTree
from coefgate.registry.number_history import NumberHistory


def history(root: Path, name: str) -> NumberHistory:
    """The life of the number ``name``, up to HEAD and the files in the folder where there are any.

    Raises ``UsageProblem`` where no state has a number of this name.
    """
    with Repository(root) as repository:
        folder = None if repository.bare else CheckoutTree(root, repository)
        return life_of(repository, name, folder=folder)
