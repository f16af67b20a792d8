"""Which files differ between a commit and a proposal, in the registry and around it."""

from __future__ import annotations

import os
import posixpath

from coefgate.history.repository import IndexTree, Repository

_QUIET = ("--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff", "--ignore-submodules=dirty")


def changed_files(repository: Repository, base: str, head: str | IndexTree | None) -> frozenset[str]:
    """Paths that differ from the commit ``base``, from the registry's root: ``../…`` outside of it.

    ``head``: a commit, the index, or ``None`` for the files in the folder, of which untracked ones
    count too; below ``coefficients`` and ``samples`` even those that git ignores, or was told not to look
    at, since they are read.
    """
    names = _differing(repository, base, head)
    prefix = repository.prefix
    if not prefix:
        return names
    return frozenset(
        name.removeprefix(prefix) if name.startswith(prefix) else posixpath.relpath(name, prefix)
        for name in names
    )


def _differing(repository: Repository, base: str, head: str | IndexTree | None) -> frozenset[str]:
    """Paths from the top of the repository."""
    if isinstance(head, str):
        return _names(repository.git("diff-tree", "-r", *_QUIET, base, head))
    if head is not None:
        return _names(
            repository.git(
                "diff-index",
                "--cached",
                "--ita-invisible-in-index",
                *_QUIET,
                base,
                index_file=head.index_file,
            )
        )
    listed = ("ls-files", "--full-name", "-z", "--others")
    return (
        _names(repository.git("diff", *_QUIET, base))
        | _names(repository.git(*listed, "--exclude-standard", "--", ":/"))
        | _unseen(repository.git(*listed, "--cached", "-v", "--", "coefficients", "samples"))
    )


def _unseen(listing: bytes) -> frozenset[str]:
    """Of files with git's tags for them those that are untracked, or assumed to be unchanged, or sparse."""
    return _names(b"\0".join(row[2:] for row in listing.split(b"\0") if row[:1] != b"H"))


def _names(listing: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in listing.split(b"\0") if name)
