"""The registry's files in the folder: what a checkout left out, what a commit has otherwise."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.trees import Entry, FolderTree
from coefgate.git.repository import Repository
from coefgate.git.trees import GitFile, files_at
from coefgate.registry.wording import first_of

_SPECIAL: Final = r"[\\*?\[\]]"
"""What git's patterns take for more than a letter."""
_SHOWN: Final = 3
"""Files that a message names."""
_PIECE: Final = 1 << 20
"""Bytes of a file that are read at a time."""


class IndexEntry(NamedTuple):
    """A file of git's index. ``skipped``, ``assumed``: git does not look whether it is there."""

    path: str
    mode: bytes
    skipped: bool
    assumed: bool

    def is_left_out(self, root: Path) -> bool:
        """Is it not in the folder, without a word of ``git status``?"""
        return (self.skipped or self.assumed) and not os.path.lexists(root / self.path)


@dataclass(frozen=True)
class CheckoutTree(FolderTree):
    """The registry in the folder ``root``, which must hold what git's index has of it.

    Else ``entries`` raises ``EnvironmentProblem`` with the command that brings it: in a sparse
    checkout nothing else shows that a file is missing. One that somebody deleted is a change like
    any other. ``repository``: the one that holds it, or why there is none.
    """

    repository: Repository | EnvironmentProblem

    def entries(self, folder: str) -> tuple[Entry, ...]:
        below = [one for one in self._index if f"{one.path}/".startswith(f"{folder}/")]
        if any(one.path == folder and one.mode == b"160000" for one in below):  # a submodule
            return (Entry(folder, "other", 0),)
        lacks = [one for one in below if one.is_left_out(self.root)]
        if lacks and isinstance(self.repository, Repository):
            raise incomplete(self.repository, folder, lacks)
        return super().entries(folder)

    @cached_property
    def _index(self) -> tuple[IndexEntry, ...]:
        if isinstance(self.repository, EnvironmentProblem) or self.repository.bare:
            return ()
        try:
            return tuple(_index_entries(self.repository, "coefficients", "samples"))
        except EnvironmentProblem:
            return ()


@contextmanager
def checkout(root: Path) -> Iterator[CheckoutTree]:
    """The registry in the folder ``root``, with its repository open until the end."""
    with ExitStack() as stack:
        repository: Repository | EnvironmentProblem
        try:
            repository = stack.enter_context(Repository(root))
        except EnvironmentProblem as error:
            repository = error
        yield CheckoutTree(root, repository)


def _index_entries(repository: Repository, *paths: str) -> Iterator[IndexEntry]:
    """What git's index has at or below ``paths``, from the registry's root."""
    listed = repository.listed("ls-files", "-v", "--stage", "-z", "--", *paths)
    for (tag, mode, *_), path in listed:
        yield IndexEntry(path, mode, tag in {b"S", b"s"}, tag.islower())


def left_out(repository: Repository, *paths: str) -> tuple[IndexEntry, ...]:
    """Files at or below ``paths`` that are not in the folder, without a word of ``git status``."""
    entries = _index_entries(repository, *paths)
    return tuple(one for one in entries if one.is_left_out(repository.root))


def incomplete(
    repository: Repository, folder: str, lacks: Sequence[IndexEntry]
) -> EnvironmentProblem:
    """Which files of a folder are left out, and the command that brings them."""
    listed = first_of([one.path for one in lacks], _SHOWN)
    sparse = repository.is_set("core.sparseCheckout")
    cause = "this checkout leaves out" if sparse else "git is set not to look for"
    gone = [one._replace(skipped=one.skipped and not sparse) for one in lacks]
    commands = list(_look_again(repository, gone))
    if sparse and any(one.skipped for one in lacks):
        # Its paths begin at the top of the repository, whichever folder it is called in.
        add = ["git", "-C", str(repository.top), "sparse-checkout", "add"]
        commands.append([*add, *_pattern(repository, folder)])
    if back := sorted(one.path for one in gone if one.skipped or one.assumed):
        commands.append(["git", "-C", str(repository.root), "restore", "--", *back])
    return EnvironmentProblem(
        f"{folder}/ is not complete here: {cause} {listed}. Bring what is missing with:\n"
        f"{' && '.join(map(shlex.join, commands))}"
    )


def _look_again(repository: Repository, files: Sequence[IndexEntry]) -> Iterator[list[str]]:
    """What makes git look again at those of ``files`` that it was told not to look at."""
    assumed = [one.path for one in files if one.assumed]
    skipped = [one.path for one in files if one.skipped]
    for option, names in (("--no-assume-unchanged", assumed), ("--no-skip-worktree", skipped)):
        if names:
            yield ["git", "-C", str(repository.root), "update-index", option, "--", *names]


def _pattern(repository: Repository, folder: str) -> list[str]:
    path = f"{repository.prefix}{folder}"
    if not repository.is_set("core.sparseCheckoutCone"):
        return [re.sub(rf"({_SPECIAL})", r"\\\1", f"/{path}/") + "**"]
    return [*(["--skip-checks"] if re.search(_SPECIAL, path) else []), path]


def shown_by_status(repository: Repository, paths: Sequence[str]) -> str | None:
    """After which command ``git status`` shows all changes of ``paths``; ``None``: it does."""
    commands = _look_again(repository, tuple(_index_entries(repository, *paths)))
    return " && ".join(map(shlex.join, commands)) or None


def uncommitted(repository: Repository, *paths: str) -> tuple[str, ...]:
    """Files at or below ``paths`` that are staged, changed, new or ignored, but not left out."""
    if (commit := repository.head()) is None:
        return ()
    shown = ("diff-index", "--cached", "--name-only", "-z", "--no-renames", "--no-relative")
    staged = repository.names(*shown, commit, "--", *paths)
    names = {name.removeprefix(repository.prefix) for name in staged}
    absent = {one.path for one in left_out(repository, *paths)}
    return tuple(sorted((names | folder_differences(repository, commit, *paths)) - absent))


def folder_differences(repository: Repository, commit: str, *paths: str) -> frozenset[str]:
    """Files at or below ``paths``, from the registry's root, that are not as a commit has them.

    Their bytes are compared, and line ends of another kind are no difference: what git's index,
    its settings and the clock say of a file does not count.
    """
    tree = FolderTree(repository.root)
    there = {one.path: one for one in files_at(repository, commit, *paths)}
    here = {entry.path: entry for path in paths for entry in tree.entries(path)}
    both = there.keys() & here.keys()
    same = {path for path in both if _is_same(repository, here[path], there[path])}
    return frozenset((there.keys() | here.keys()) - same)


def _is_same(repository: Repository, entry: Entry, file: GitFile) -> bool:
    if entry.kind != file.entry.kind:
        return False
    if entry.kind == "symlink":
        target = os.fsencode((repository.root / entry.path).readlink())
        # By its id: a partial clone need not have the content.
        return _blob_id([target], len(target), like=file.object_id) == file.object_id
    if entry.kind != "file":
        return False
    tree = FolderTree(repository.root)
    if _blob_id(tree.lines(entry.path, _PIECE), entry.size, like=file.object_id) == file.object_id:
        return True
    here, there = tree.read(entry.path), repository.blob(file.object_id)
    return here.replace(b"\r\n", b"\n") == there.replace(b"\r\n", b"\n")


def _blob_id(pieces: Iterable[bytes], size: int, *, like: str) -> str:
    """The id that git gives a file with this content, where it hashes as for the id ``like``."""
    found = hashlib.new("sha1" if len(like) == 40 else "sha256", usedforsecurity=False)
    found.update(b"blob %d\0" % size)
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
