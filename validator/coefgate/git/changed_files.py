"""Which files differ between a commit and a proposal, in the registry and around it."""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable

from coefgate.core.trees import Entry, FolderTree
from coefgate.git.repository import IndexTree, Repository, listed_at

_QUIET = (
    "--name-only",
    "-z",
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
    "--ignore-submodules=dirty",
)
_PIECE = 1 << 20
"""Bytes of a file that are read at a time."""


def changed_files(
    repository: Repository, base: str, head: str | IndexTree | None
) -> frozenset[str]:
    """Paths that differ from the commit ``base``, from the registry's root: ``../…`` outside of it.

    ``head``: a commit, the index, or ``None`` for the files in the folder, of which untracked ones
    count too; below ``coefficients`` and ``samples`` it is their content that is compared,
    whatever git ignores, or was told not to look at, since they are read.
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
    untracked = ("ls-files", "--full-name", "-z", "--others", "--exclude-standard", "--", ":/")
    read = folder_differences(repository, base, "coefficients", "samples")
    return (
        _names(repository.git("diff", *_QUIET, base))
        | _names(repository.git(*untracked))
        | {f"{repository.prefix}{path}" for path in read}
    )


def folder_differences(repository: Repository, commit: str, *paths: str) -> frozenset[str]:
    """Files at or below ``paths``, from the registry's root, that the folder has otherwise than a commit.

    Their bytes are compared, and line ends of another kind are no difference: what git's index,
    its settings and the clock say of a file does not count.
    """
    there = {
        path: (mode[:2], object_id)
        for path, mode, object_id in listed_at(repository, commit, *paths)
    }
    here = {
        entry.path: entry for path in paths for entry in FolderTree(repository.root).entries(path)
    }
    same = {
        path
        for path in there.keys() & here.keys()
        if _is_same(repository, here[path], kind=there[path][0], object_id=there[path][1])
    }
    return frozenset((there.keys() | here.keys()) - same)


def _is_same(repository: Repository, entry: Entry, *, kind: bytes, object_id: str) -> bool:
    """``kind``: how git's mode begins, ``10`` for a file and ``12`` for a symbolic link."""
    path = repository.root / entry.path
    if entry.kind == "symlink":
        target = os.fsencode(path.readlink())
        return kind == b"12" and _blob_id([target], len(target), like=object_id) == object_id
    if entry.kind != "file" or kind != b"10":
        return False
    tree = FolderTree(repository.root)
    if _blob_id(tree.lines(entry.path, _PIECE), entry.size, like=object_id) == object_id:
        return True
    plain = tree.read(entry.path).replace(b"\r\n", b"\n")
    return _blob_id([plain], len(plain), like=object_id) == object_id or (
        plain == repository.blob(object_id).replace(b"\r\n", b"\n")
    )


def _blob_id(pieces: Iterable[bytes], size: int, *, like: str) -> str:
    """The id that git gives a file with this content, where it hashes as for the id ``like``."""
    found = hashlib.new("sha1" if len(like) == 40 else "sha256", usedforsecurity=False)
    found.update(b"blob %d\0" % size)
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def _names(listing: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in listing.split(b"\0") if name)
