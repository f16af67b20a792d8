"""A real registry as plain files, and gates to try the drill on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest

from coefgate.commands import cli
from coefgate.core.trees import Entry, Tree
from coefgate.drill.fileset import FileChanges, Fileset
from coefgate.drill.kinds import procedures
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.plant import Kind, Plant
from coefgate.drill.run import Answer
from tests.end_to_end.tuning import PROCEDURE, TUNING
from tests.frozen_registry import BY_HAND, copy_registry


def remembering(kind: Kind) -> Kind:
    """The same kind, which plants on one state with one chance only once for all tests."""

    @cache
    def planted(state: Fileset, chance: tuple[Any, ...]) -> Plant:
        rng = Random()  # noqa: S311 (draws, no secrets)
        rng.setstate(chance)
        return kind.plant(state, rng)

    return replace(kind, plant=lambda state, rng: planted(state, rng.getstate()))


OF_PROCEDURES = frozenset(kind.name for kind in (*procedures.REGRESSIONS, *procedures.HARMLESS))
"""Kinds for which a registry that was set by hand has nothing."""
REMEMBERED = tuple(remembering(kind) for kind in KINDS if kind.name not in OF_PROCEDURES)
"""Every other kind of the drill, each remembering."""


def files_of(root: Path) -> dict[str, bytes]:
    """The registry's files below ``root``, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("coefficients", "samples")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def by_hand() -> Fileset:
    """The registry that was set by hand, as it lies in its folder."""
    return Fileset(files_of(BY_HAND))


@pytest.fixture(scope="session")
def with_procedure(by_hand: Fileset) -> Fileset:
    """The same with a fitting procedure, whose values these are taken to be."""
    return by_hand.after({TUNING: PROCEDURE.encode()})


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A copy of coefficients and samples, without git."""
    root = tmp_path / "registry"
    copy_registry(root)
    return root


@dataclass(frozen=True)
class FilesTree(Tree):
    """Files by path, as the readers of the program want them (a ``Tree``)."""

    files: FileChanges

    def entries(self, folder: str) -> tuple[Entry, ...]:
        return tuple(
            sorted(
                Entry(path, *self._facts(content))
                for path, content in self.files.items()
                if path.startswith(f"{folder}/") and content is not None
            )
        )

    def _facts(self, content: bytes | str | None) -> tuple[Literal["file", "symlink"], int]:
        return ("file", len(content)) if isinstance(content, bytes) else ("symlink", 0)

    def read(self, path: str) -> bytes:
        content = self.files[path]
        assert isinstance(content, bytes), f"{path} is followed"
        return content

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        file = BytesIO(self.read(path))
        while line := file.readline(longest):
            yield line


@dataclass
class Memory:
    """A scratch repository that only remembers what it was given."""

    folder: str = "/nowhere"
    commits: list[tuple[str | None, FileChanges]] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def commit(self, files: FileChanges, *, parent: str | None) -> str:
        self.commits.append((parent, files))
        return f"commit-{len(self.commits)}"

    def check_out(self, commit: str) -> None:
        """There is no folder to change."""

    def write(self, files: FileChanges) -> None:
        """There is no folder to change."""

    def read(self, _folder: str, /) -> dict[str, bytes]:
        return {}

    def clone(self, commit: str, *, ref: str, depth: int | None) -> str:
        return f"/clone-of-{commit}-as-{ref}-{depth}"

    def release(self, commit: str, _version: str | None = None) -> None:
        self.released.append(commit)


def says(code: int, *objecting: str, err: str = "") -> Answer:
    """An answer of a gate in which these rules object."""
    rules = [{"rule": "smape-of-nothing", "status": "pass"}]
    rules += [{"rule": rule, "status": "fail"} for rule in objecting]
    return Answer(code, json.dumps({"rules": rules}) if code in (0, 1, 4) else "", err)


def drilled(*arguments: str) -> Answer:
    """The command itself, in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run(["drill", *arguments])
    return Answer(code, out.getvalue(), err.getvalue())
