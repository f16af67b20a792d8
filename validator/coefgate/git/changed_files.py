"""Which files differ between a commit and a proposal, and which of them a state holds."""

from __future__ import annotations

import os
import posixpath

from coefgate.git.repository import Repository
from coefgate.git.trees import IndexTree
from coefgate.git.working_tree import folder_differences

_QUIET = (
    *("--name-only", "-z", "--no-renames", "--no-relative"),
    *("--no-ext-diff", "--ignore-submodules=dirty"),
)
StateSource = str | IndexTree | None
"""Where a state lies: a commit, the index, or ``None`` for the files in the folder."""


def changed_files(repository: Repository, base: str, head: StateSource) -> frozenset[str]:
    """Paths that differ from the commit ``base``, from the registry's root; outside it ``../…``.

    In the folder untracked files count too; below ``coefficients`` and ``samples``, which are
    read, so do those that git ignores or was told not to look at.
    """
    prefix = repository.prefix
    if isinstance(head, str):
        names = repository.names("diff-tree", "-r", *_QUIET, base, head)
    elif head is not None:
        staged = ("diff-index", "--cached", "--ita-invisible-in-index", *_QUIET, base)
        names = repository.names(*staged, index_file=head.index_file)
    else:
        untracked = ("ls-files", "--full-name", "-z", "--others", "--exclude-standard", "--", ":/")
        names = repository.names("diff", *_QUIET, base) | repository.names(*untracked)
        read = folder_differences(repository, base, "coefficients", "samples")
        names |= {f"{prefix}{path}" for path in read}
    return frozenset(
        name.removeprefix(prefix) if name.startswith(prefix) else posixpath.relpath(name, prefix)
        for name in names
    )


def has_page(repository: Repository, state: StateSource, page: str) -> bool:
    """Is there a file ``page``, no link, from the registry's root or the repository's top?"""
    if not page.strip() or "\0" in page or page.endswith("/"):
        return False
    candidates = {posixpath.normpath(f"{above}{page}") for above in (repository.prefix, "")}
    return any(
        _has(repository, state, one)
        for one in candidates
        if not one.startswith("/") and not {".", "..", ".git"} & set(one.lower().split("/"))
    )


def takes_away(repository: Repository, base: str, head: StateSource, path: str) -> str | None:
    """``path`` (from the registry's root) from the top, if ``base`` has it and ``head`` not."""
    from_top = posixpath.normpath(f"{repository.prefix}{path}")
    gone = _has(repository, base, from_top) and not _has(repository, head, from_top)
    return from_top if gone else None


def _has(repository: Repository, state: StateSource, path: str) -> bool:
    """The same of a path from the top."""
    if state is None:
        file = repository.top / path
        return file.is_file() and file.resolve() == file
    if isinstance(state, str):
        listed = repository.git("ls-tree", "--full-tree", "-z", state, "--", f":(literal){path}")
    else:
        named = ("--full-name", "--", f":(top,literal){path}")
        listed = repository.git("ls-files", "--stage", "-z", *named, index_file=state.index_file)
    return listed.startswith(b"100") and listed.endswith(b"\t" + os.fsencode(path) + b"\0")
