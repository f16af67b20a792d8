"""The files of many commits, read as git's objects through one process, each object once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from coefgate.core.trees import Entry
from coefgate.git.repository import Repository

_FOLDER: Final = b"40000"
_SYMLINK: Final = b"120000"
_FILES: Final = (b"100644", b"100755", b"100664")
_Listing = Mapping[str, tuple[bytes, str]]
"""Mode and object id of every name in one folder."""


class Objects:
    """What was read of one repository's objects, by their ids."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._contents: dict[str, bytes] = {}
        self._listings: dict[str, _Listing] = {}
        self._above = tuple(part for part in repository.prefix.split("/") if part)

    def tree(self, root: str) -> ObjectsTree:
        """The registry's files in the tree object ``root``, which is that of the whole repository."""
        return ObjectsTree(self, self._below(root, self._above))

    def content(self, object_id: str) -> bytes:
        """The content of a blob."""
        if object_id not in self._contents:
            self._contents[object_id] = self._repository.blob(object_id)
        return self._contents[object_id]

    def entry(self, root: str | None, path: str) -> tuple[bytes, str | None]:
        """Mode and object id of what lies at ``path`` below the registry's folder ``root``, if anything."""
        *above, name = path.split("/")
        folder = self._below(root, tuple(above))
        return (b"", None) if folder is None else self.listing(folder).get(name, (b"", None))

    def listing(self, object_id: str) -> _Listing:
        """What a tree object holds, itself alone."""
        if object_id not in self._listings:
            self._listings[object_id] = dict(
                _entries(self._repository.blob(object_id), len(object_id) // 2)
            )
        return self._listings[object_id]

    def _below(self, root: str | None, parts: tuple[str, ...]) -> str | None:
        for part in parts:
            if root is None:
                return None
            mode, object_id = self.listing(root).get(part, (b"", ""))
            root = object_id if mode == _FOLDER else None
        return root


def _entries(content: bytes, id_length: int) -> Iterator[tuple[str, tuple[bytes, str]]]:
    """A tree object holds, for each name, ``mode SPACE name NUL`` and the bytes of an object id."""
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        end = content.index(b"\0", space)
        name = os.fsdecode(content[space + 1 : end])
        yield name, (content[at:space], content[end + 1 : end + 1 + id_length].hex())
        at = end + 1 + id_length


@dataclass(frozen=True, slots=True)
class ObjectsTree:
    """The registry's files of one commit (a ``Tree``). ``root``: its tree object, if it was there at all."""

    objects: Objects
    root: str | None

    def entries(self, folder: str) -> tuple[Entry, ...]:
        mode, object_id = self.objects.entry(self.root, folder)
        if object_id is None:
            return ()
        if mode != _FOLDER:
            return (Entry(folder, "symlink" if mode == _SYMLINK else "other", 0),)
        return tuple(sorted(self._walk(object_id, folder)))

    def _walk(self, folder_id: str, folder: str) -> Iterator[Entry]:
        for name, (mode, object_id) in self.objects.listing(folder_id).items():
            path = f"{folder}/{name}"
            if mode == _FOLDER:
                yield from self._walk(object_id, path)
            elif mode in _FILES:
                yield Entry(path, "file", len(self.objects.content(object_id)))
            else:
                yield Entry(path, "symlink" if mode == _SYMLINK else "other", 0)

    def read(self, path: str) -> bytes:
        _, object_id = self.objects.entry(self.root, path)
        if object_id is None:
            raise FileNotFoundError(path)
        return self.objects.content(object_id)

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        file = BytesIO(self.read(path))
        while line := file.readline(longest):
            yield line
