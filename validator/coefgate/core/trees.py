"""A registry's files, wherever they lie: the protocol that readers use, and the folder on disk."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Literal, Protocol

from coefgate.core.problems import UsageProblem, explained


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One name in a tree. ``path`` is relative to the registry's root; ``size`` is in bytes."""

    path: str
    kind: Literal["file", "symlink", "other"]
    size: int


class Tree(Protocol):
    """The files below ``coefficients/`` and ``samples/`` of one registry at one moment."""

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """Everything below ``folder`` that is not a folder itself, sorted by path."""
        ...

    def read(self, path: str) -> bytes:
        """The whole content of one file."""
        ...

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        """The lines of one file with their line ends, streamed.

        One over ``longest`` bytes comes in pieces, which are so long and have no line end.
        """
        file = BytesIO(self.read(path))
        while line := file.readline(longest):
            yield line

    def how_to_restore(self, path: str) -> str:
        """How to get a file that is missing here, as a sentence that ends with a command."""
        return f"Bring it back with: git checkout HEAD -- {shlex.quote(path)}"


@dataclass(frozen=True, slots=True)
class FolderTree(Tree):
    """The registry in a folder on disk; a file is its one entry, and lines are read one by one.

    Symbolic links, and folders that are git repositories of their own, are listed, and not looked
    into.
    """

    root: Path

    def entries(self, folder: str) -> tuple[Entry, ...]:
        top = self.root / folder
        if top.is_symlink():
            return (Entry(folder, "symlink", 0),)
        if top.is_file():
            return (Entry(folder, "file", top.stat().st_size),)
        if os.path.lexists(top / ".git"):
            return (Entry(folder, "other", 0),)
        return tuple(sorted(self._walk(top))) if top.is_dir() else ()

    def _walk(self, top: Path) -> Iterator[Entry]:
        with _readable(top), os.scandir(top) as names:
            for name in names:
                if name.is_dir(follow_symlinks=False):
                    yield from self._walk(Path(name.path))
                else:
                    size = name.stat(follow_symlinks=False).st_size
                    path = Path(name.path).relative_to(self.root).as_posix()
                    file, link = name.is_file(follow_symlinks=False), name.is_symlink()
                    yield Entry(path, "file" if file else "symlink" if link else "other", size)

    def read(self, path: str) -> bytes:
        with _readable(self.root / path):
            return (self.root / path).read_bytes()

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        with _readable(self.root / path), (self.root / path).open("rb") as file:
            while line := file.readline(longest):
                yield line


@dataclass(frozen=True, slots=True)
class OverlayTree(Tree):
    """The tree ``below``, in which some files, by path, have other contents."""

    below: Tree
    contents: Mapping[str, bytes]

    def entries(self, folder: str) -> tuple[Entry, ...]:
        found = {one.path: one for one in self.below.entries(folder)}
        for path, content in self.contents.items():
            if path in found:
                found[path] = replace(found[path], size=len(content))
            elif path.startswith(f"{folder}/"):
                found[path] = Entry(path, "file", len(content))
        return tuple(sorted(found.values()))

    def read(self, path: str) -> bytes:
        return self.contents[path] if path in self.contents else self.below.read(path)

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        if path in self.contents:
            return Tree.lines(self, path, longest)
        return self.below.lines(path, longest)

    def how_to_restore(self, path: str) -> str:
        return self.below.how_to_restore(path)


def _readable(path: Path) -> AbstractContextManager[None]:
    look = f"Check it with: ls -l {shlex.quote(str(path))}"
    return explained(f"{path}: cannot be read", look)


def encodable(text: str) -> str:
    """A file's name may hold bytes that are no UTF-8, and JSON may not."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def registry_root(start: Path) -> Path:
    """The nearest folder at or above ``start`` that holds ``coefficients/registry.yaml``.

    Else the nearest that holds ``coefficients`` at all: a registry may have lost the file.
    """
    start = start.resolve()
    for mark in ("coefficients/registry.yaml", "coefficients"):
        for folder in (start, *start.parents):
            if (folder / mark).exists():
                return folder
    raise UsageProblem(
        f"no registry here: neither {start} nor a folder above it holds "
        "coefficients/registry.yaml. Go into a registry, or name one with --registry FOLDER."
    )


def is_bare(folder: Path) -> bool:
    """Is this a bare git repository, which holds no files of its own?"""
    return all((folder / name).exists() for name in ("HEAD", "objects", "refs"))
