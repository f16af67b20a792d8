"""The registry's files as git's objects: at a commit, in the index, in many commits at once."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from coefgate.core.problems import UsageProblem
from coefgate.core.trees import Entry, Tree

if TYPE_CHECKING:  # which gives these trees
    from coefgate.git.repository import Repository

_FOLDER: Final = b"40000"
_Listing = Mapping[str, tuple[bytes, str]]
"""Mode and object id of every name in one folder."""


class GitFile(NamedTuple):
    """A file, a link or a submodule, as git lists it; ``size`` in bytes, 0 where nobody asked."""

    path: str
    mode: bytes
    object_id: str
    size: int = 0

    @property
    def entry(self) -> Entry:
        """It, as readers want it."""
        if _is_file(self.mode):
            return Entry(self.path, "file", self.size)
        return Entry(self.path, "symlink" if self.mode.startswith(b"120") else "other", 0)


def _commits_of(path: str) -> str:
    return shlex.join(["git", "log", "--oneline", "--all", "--diff-filter=AM", "--", path])


def _is_file(mode: bytes) -> bool:
    return mode.startswith(b"100")


class GitTree(Tree):
    """A tree of git's objects, each folder listed once; nothing is checked out."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._object_ids: dict[str, str] = {}
        self._entries: dict[str, tuple[Entry, ...]] = {}

    def entries(self, folder: str) -> tuple[Entry, ...]:
        if folder not in self._entries:
            files = tuple(self._files(folder))
            self._object_ids |= {one.path: one.object_id for one in files}
            self._entries[folder] = tuple(sorted(one.entry for one in files))
        return self._entries[folder]

    def _files(self, folder: str) -> Iterator[GitFile]:
        """Everything at or below ``folder``."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        if path not in self._object_ids:
            self.entries(path)
        return self._content(self._object_ids[path])

    def how_to_restore(self, path: str) -> str:
        """A commit never changes: another one is to be named."""
        return f"Name a commit that has it; see which do with: {_commits_of(path)}"

    def _content(self, object_id: str) -> bytes:
        return self._repository.blob(object_id)


class RevisionTree(GitTree):
    """The registry's files at one commit."""

    def __init__(self, repository: Repository, commit: str) -> None:
        super().__init__(repository)
        self.commit = commit

    def _files(self, folder: str) -> Iterator[GitFile]:
        return files_at(self._repository, self.commit, folder, sizes=True)


def files_at(
    repository: Repository, commit: str, *paths: str, sizes: bool = False
) -> Iterator[GitFile]:
    """Everything at or below ``paths`` at a commit; with ``sizes``, for which it must be here."""
    options = ("-l",) if sizes else ()
    for facts, path in repository.listed("ls-tree", "-r", "-z", *options, commit, "--", *paths):
        mode, _, object_id, *size = facts
        length = int(size[0]) if size and size[0].isdigit() else 0
        yield GitFile(path, mode, object_id.decode(), length)


class IndexTree(GitTree):
    """The registry's files as they are staged, or as a commit that is being made takes them."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self.index_file: Path | None = None
        """The index that git names to a hook, as for ``commit -a``: no other repository's."""
        if named := os.environ.get("GIT_INDEX_FILE"):
            # Git names it relative to the top of the working tree, where it starts the hook.
            index = Path(named).absolute()
            own = Path(repository.text("rev-parse", "--absolute-git-dir"))
            if index.parent.resolve() == own.resolve() and index.is_file():
                self.index_file = index

    def how_to_restore(self, path: str) -> str:
        typed = shlex.quote(path)
        return f"Bring it back into the index with: git restore --staged -- {typed}"

    def _files(self, folder: str) -> Iterator[GitFile]:
        staged = ("ls-files", "--stage", "-z", "--", folder)
        for facts, path in self._repository.listed(*staged, index_file=self.index_file):
            mode, object_id, stage = facts
            if stage != b"0":
                raise UsageProblem(
                    f"{path} has a merge conflict. Resolve it, then: git add {shlex.quote(path)}"
                )
            size = len(self._content(object_id.decode())) if _is_file(mode) else 0
            # An empty file may be one that ``add --intent-to-add`` only announced.
            if size or not _is_file(mode) or self._is_staged(path):
                yield GitFile(path, mode, object_id.decode(), size)

    def _is_staged(self, path: str) -> bool:
        nothing = self._repository.text("hash-object", "-t", "tree", os.devnull)
        shown = ("diff-index", "--cached", "--ita-invisible-in-index", "--name-only")
        added = (*shown, nothing, "--", path)
        return bool(self._repository.git(*added, index_file=self.index_file))


class Objects:
    """What was read of a repository's objects, by ids: each once, for many commits' trees."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.content = cache(repository.blob)
        """The content of a blob."""
        self.listing: Callable[[str], _Listing] = cache(
            lambda object_id: dict(_names(repository.blob(object_id), len(object_id) // 2))
        )
        """What a tree object holds, itself alone."""

    def tree(self, root: str) -> ObjectsTree:
        """The registry's files in the tree object ``root`` of the whole repository."""
        above = self.repository.prefix.rstrip("/")
        mode, found = self.at(root, above) if above else (_FOLDER, root)
        return ObjectsTree(self, found if mode == _FOLDER else None)

    def at(self, root: str | None, path: str) -> tuple[bytes, str | None]:
        """Mode and object id of what lies at ``path`` below a tree object, if anything."""
        mode, found = _FOLDER, root
        for name in path.split("/"):
            if found is None or mode != _FOLDER:
                return b"", None
            mode, found = self.listing(found).get(name, (b"", None))
        return mode, found


def _names(content: bytes, id_length: int) -> Iterator[tuple[str, tuple[bytes, str]]]:
    """A tree object holds, for each name, ``mode SPACE name NUL`` and an object id's bytes."""
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        end = content.index(b"\0", space)
        name = os.fsdecode(content[space + 1 : end])
        yield name, (content[at:space], content[end + 1 : end + 1 + id_length].hex())
        at = end + 1 + id_length


class ObjectsTree(GitTree):
    """The registry's files of one of many commits. ``root``: its tree object, if it was there."""

    def __init__(self, objects: Objects, root: str | None) -> None:
        super().__init__(objects.repository)
        self._objects = objects
        self._root = root

    def object_at(self, path: str) -> str | None:
        """The id of the folder or file that lies at ``path``."""
        return self._objects.at(self._root, path)[1]

    def names_in(self, folder: str) -> Mapping[str, tuple[bytes, str]]:
        """Mode and object id of what lies in ``folder`` itself, by path."""
        mode, object_id = self._objects.at(self._root, folder)
        listing = self._objects.listing(object_id) if object_id and mode == _FOLDER else {}
        return {f"{folder}/{name}": one for name, one in listing.items()}

    def _files(self, folder: str) -> Iterator[GitFile]:
        mode, object_id = self._objects.at(self._root, folder)
        if object_id is not None:
            yield from self._below(folder, mode, object_id)

    def _below(self, path: str, mode: bytes, object_id: str) -> Iterator[GitFile]:
        if mode == _FOLDER:
            for name, one in self._objects.listing(object_id).items():
                yield from self._below(f"{path}/{name}", *one)
        else:
            size = len(self._content(object_id)) if _is_file(mode) else 0
            yield GitFile(path, mode, object_id, size)

    def _content(self, object_id: str) -> bytes:
        return self._objects.content(object_id)
