"""What a verdict is asked about: the files that are judged, and the branch that they are on their way to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coefgate.history.base import find_base
from coefgate.history.repository import IndexTree, Repository
from coefgate.history.target import Found, Target, target
from coefgate.problems import UsageProblem
from coefgate.trees import FolderTree, OverlayTree, Tree


@dataclass(frozen=True, slots=True)
class Head:
    """What is judged: its files, its name, and the commit that it is, or stands on.

    ``source``: what ``changed_files`` wants: a commit, the index, or ``None`` for the folder. ``remote``: the
    remote that it is being pushed to, ``None`` where nothing is pushed.
    """

    tree: Tree
    name: str
    commit: str | None
    source: str | IndexTree | None
    remote: str | None = None


def head_of(repository: Repository, wanted: str | None, overlay: Mapping[str, bytes] | None) -> Head:
    """The head that is ``wanted``: a revision, ``index``, ``worktree`` (the default), or ``hook``."""
    remote = None
    if wanted == "hook":
        # What both pre-commit and prek tell a hook; docs/decisions/0022-what-a-hook-judges.md.
        pushed = os.environ.get("PRE_COMMIT_TO_REF") or os.environ.get("PRE_COMMIT_LOCAL_BRANCH")
        wanted = pushed or "index"
        remote = os.environ.get("PRE_COMMIT_REMOTE_NAME", "") if pushed else None
    if wanted is None:
        wanted = "HEAD" if repository.bare else "worktree"
    if wanted == "worktree":
        if repository.bare:
            raise UsageProblem("a bare repository has no files in a folder. Name a commit with --head REV.")
        return folder_head(repository.root, overlay, repository.head())
    if wanted == "index":
        if repository.bare:
            raise UsageProblem("a bare repository has no index. Name a commit with --head REV.")
        index = repository.index_tree()
        return Head(index, "index", repository.head(), index)
    commit = repository.commit(wanted)
    return Head(repository.tree(commit), commit, commit, commit, remote)


def folder_head(root: Path, overlay: Mapping[str, bytes] | None, commit: str | None = None) -> Head:
    """The files in the folder ``root``; ``overlay``: other contents of some of them."""
    folder: Tree = FolderTree(root)
    return Head(OverlayTree(folder, overlay) if overlay else folder, "worktree", commit, None)


def target_of(repository: Repository, head: Head, base: str | None, found_by: str) -> Target | str:
    """The base of ``head``, or in a few words why there is nothing before it.

    ``base``: the revision that was asked for, by ``found_by``.
    """
    if base is not None:
        return target(repository, head.commit, Found(base, found_by))
    return find_base(
        repository,
        head.commit,
        is_commit=isinstance(head.source, str),
        pushed_to=head.remote,
        environment=os.environ,
    )
