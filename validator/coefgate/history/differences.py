"""Which files of a registry differ between a commit and a proposal."""

from __future__ import annotations

import os

from coefgate.history.repository import IndexTree, Repository

_QUIET = ("--name-only", "-z", "--no-renames", "--relative", "--no-ext-diff", "--ignore-submodules=dirty")


def changed_files(repository: Repository, base: str, head: str | IndexTree | None) -> frozenset[str]:
    """Paths below the registry's root that differ from the commit ``base``.

    ``head``: a commit, the index, or ``None`` for the files in the folder, of which untracked ones
    count too; below ``coefficients`` and ``samples`` even those that git ignores, or was told not to look
    at, since they are read.
    """
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
    return (
        _names(repository.git("diff", *_QUIET, base))
        | _names(repository.git("ls-files", "--others", "--exclude-standard", "-z"))
        | _unseen(
            repository.git("ls-files", "--others", "--cached", "-v", "-z", "--", "coefficients", "samples")
        )
    )


def _unseen(listing: bytes) -> frozenset[str]:
    """Of files with git's tags for them those that are untracked, or assumed to be unchanged, or sparse."""
    return _names(b"\0".join(row[2:] for row in listing.split(b"\0") if row[:1] != b"H"))


def _names(listing: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in listing.split(b"\0") if name)
