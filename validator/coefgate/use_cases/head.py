"""What a verdict is asked about: the files that are judged, and what differs in them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from coefgate.core.trees import OverlayTree, Tree
from coefgate.git.base import Base, base_on, find_base
from coefgate.git.changed_files import changed_files
from coefgate.git.commit_log import committed_at
from coefgate.git.repository import Repository
from coefgate.git.target_branch import TargetBranch
from coefgate.git.trees import IndexTree, RevisionTree
from coefgate.samples.erasure import with_lines
from coefgate.samples.files import FOLDER
from coefgate.samples.model import Sample
from coefgate.use_cases.state import INDEX, WORKTREE, tree_of


@dataclass(frozen=True, slots=True)
class Head:
    """What is judged: its files, and the commit that it is, or stands on.

    ``remote``: the remote that it is being pushed to, ``None`` where nothing is pushed.
    """

    tree: Tree
    commit: str | None
    remote: str | None = None

    @property
    def source(self) -> str | IndexTree | None:
        """What ``changed_files`` wants: a commit, the index, or ``None`` for the folder."""
        if isinstance(self.tree, RevisionTree):
            return self.tree.commit
        return self.tree if isinstance(self.tree, IndexTree) else None

    def target(self, repository: Repository, base: str | None, found_by: str) -> Base | str:
        """Its base, or in a few words why there is nothing before it.

        ``base``: the revision that was asked for, by ``found_by``.
        """
        if base is not None:
            return base_on(repository, self.commit, TargetBranch(base, found_by))
        return find_base(
            repository,
            self.commit,
            is_committed=lambda: (
                not isinstance(self.source, IndexTree) and self.is_committed(repository)
            ),
            pushed_to=self.remote,
            environment=os.environ,
        )

    def is_committed(self, repository: Repository) -> bool:
        """Is it a commit, or no different from the one it stands on? A trial never is."""
        if self.commit is None or isinstance(self.tree, OverlayTree):
            return False
        return isinstance(self.source, str) or not self.files_changed(repository, self.commit)

    def files_changed(self, repository: Repository, base: str) -> frozenset[str]:
        """The files in which it differs from the commit ``base``."""
        tried = frozenset(self.tree.contents if isinstance(self.tree, OverlayTree) else ())
        return changed_files(repository, base, self.source) | tried

    def files_of_calls(
        self,
        repository: Repository,
        base: str,
        files: frozenset[str],
        instead: Mapping[str, Sample],
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Of the ``files`` those of calls: which it brings, and which of ``base`` it alters.

        ``instead``: lines that may stand in the place of those with these ids.
        """
        calls = {
            file for file in files if file.startswith(f"{FOLDER}/") and file.endswith(".jsonl")
        }
        if not calls:
            return frozenset(), frozenset()
        trees = (repository.tree(base), self.tree)
        there, here = ({entry.path for entry in tree.entries(FOLDER)} for tree in trees)

        def differs(file: str) -> bool:
            before, after = (tree.read(file).replace(b"\r\n", b"\n") for tree in trees)
            return with_lines(before, instead) != after if instead else before != after

        altered = (file for file in calls & there if file not in here or differs(file))
        return frozenset((calls & here) - there), frozenset(altered)

    def stored_at(self, repository: Repository) -> float:
        """When it was committed, by its own word; now, where that is still to come."""
        now, commit = time.time(), self.source
        return min(now, committed_at(repository, commit)) if isinstance(commit, str) else now


def head_of(
    repository: Repository, wanted: str | None, overlay: Mapping[str, bytes] | None = None
) -> Head:
    """The head ``wanted``: a revision, ``index``, ``hook``, or ``worktree`` (the default).

    ``overlay``: other contents of some files in the folder, in a trial.
    """
    remote = None
    if wanted == "hook":
        # What both pre-commit and prek tell a hook; docs/decisions/0022-what-a-hook-judges.md.
        pushed = os.environ.get("PRE_COMMIT_TO_REF") or os.environ.get("PRE_COMMIT_LOCAL_BRANCH")
        wanted = pushed or INDEX
        remote = os.environ.get("PRE_COMMIT_REMOTE_NAME", "") if pushed else None
    wanted = wanted or ("HEAD" if repository.bare else WORKTREE)
    tree = tree_of(repository, wanted, "Name a commit with --head REV.")
    if isinstance(tree, RevisionTree):
        return Head(tree, tree.commit, remote)
    return Head(overlaid(tree, overlay), repository.head())


def overlaid(folder: Tree, overlay: Mapping[str, bytes] | None) -> Tree:
    """The files in ``folder`` with other contents of some of them, if there are any."""
    return folder if overlay is None else OverlayTree(folder, overlay)
