"""Every value that a number had, and who gave it; apart from ``explain``, which needs numpy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from coefgate.changes.change import Change
from coefgate.core.git_process import NoRepository
from coefgate.git.number_history import life_of, lives_of
from coefgate.git.repository import Repository
from coefgate.git.working_tree import CheckoutTree
from coefgate.registry.key import Key
from coefgate.registry.number_history import NumberHistory
from coefgate.use_cases.head import head_of


def history(root: Path, name: str) -> NumberHistory:
    """The life of the number ``name``, up to HEAD and the files in the folder where there are any.

    Raises ``UsageProblem`` where no state has a number of this name.
    """
    with Repository(root) as repository:
        folder = None if repository.bare else CheckoutTree(root, repository)
        return life_of(repository, name, folder=folder)


MOST: Final = 20
"""Numbers of one change whose histories are read."""


def histories_of(
    root: Path, changes: Iterable[Change], *, revision: str
) -> tuple[NumberHistory, ...]:
    """The lives of the numbers that change, up to ``revision``: a commit, the index or the folder.

    Those of the first ``MOST``; empty where there is no git.
    """
    keys = (one.key for one in changes)
    names = list(dict.fromkeys(key.name for key in keys if isinstance(key, Key)))[:MOST]
    if not names:
        return ()
    try:
        with Repository(root) as repository:
            head = head_of(repository, revision)
            uncommitted = None if isinstance(head.source, str) else head.tree
            lives = lives_of(repository, names, commit=head.commit, folder=uncommitted)
    except NoRepository:
        return ()
    return tuple(one for one in lives.values() if one.steps)
