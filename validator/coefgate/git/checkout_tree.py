"""The registry's files in the folder, where a checkout may have left some out."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.trees import Entry, FolderTree
from coefgate.git.repository import Repository

_SUBMODULE: Final = b"160000"
_SPECIAL: Final = r"[\\*?\[\]]"
"""What git's patterns take for more than a letter."""
_SHOWN: Final = 3
"""Files that a message names."""


class Tracked(NamedTuple):
    """A file as git's index has it. ``skipped`` and ``assumed``: git does not look whether it is there."""

    path: str
    mode: bytes
    skipped: bool
    assumed: bool


class CheckoutTree:
    """The registry in the folder ``root`` (a ``Tree``), which must hold what git's index has of it.

    What is read has all of its files, or ``entries`` raises ``EnvironmentProblem`` with the
    command that brings them: where a checkout is sparse, or git was told not to look at a file,
    nothing else shows that one is missing. A file that somebody deleted is a change like any
    other. Outside of git, and where git does not answer, the folder is what it is. ``repository``:
    the one that holds it, or why there is none.
    """

    def __init__(self, root: Path, repository: Repository | EnvironmentProblem) -> None:
        self.repository = repository
        self._folder = FolderTree(root)

    def entries(self, folder: str) -> tuple[Entry, ...]:
        below = [one for one in self._tracked if f"{one.path}/".startswith(f"{folder}/")]
        if any(one.path == folder and one.mode == _SUBMODULE for one in below):
            return (Entry(folder, "other", 0),)
        lacks = [one for one in below if _is_left_out(self._folder.root, one)]
        if lacks and isinstance(self.repository, Repository):
            raise incomplete(self.repository, folder, lacks)
        return self._folder.entries(folder)

    def read(self, path: str) -> bytes:
        return self._folder.read(path)

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        return self._folder.lines(path, longest)

    @cached_property
    def _tracked(self) -> tuple[Tracked, ...]:
        if isinstance(self.repository, EnvironmentProblem) or self.repository.bare:
            return ()
        try:
            return tuple(tracked(self.repository, "coefficients", "samples"))
        except EnvironmentProblem:
            return ()


@contextmanager
def checkout(root: Path) -> Iterator[CheckoutTree]:
    """The registry in the folder ``root``, with the repository that holds it open until the end."""
    with ExitStack() as stack:
        repository: Repository | EnvironmentProblem
        try:
            repository = stack.enter_context(Repository(root))
        except EnvironmentProblem as error:
            repository = error
        yield CheckoutTree(root, repository)


def tracked(repository: Repository, *paths: str) -> Iterator[Tracked]:
    """What git's index has at or below ``paths``, from the registry's root."""
    for row in repository.git("ls-files", "-v", "--stage", "-z", "--", *paths).split(b"\0")[:-1]:
        facts, name = row.split(b"\t", 1)
        tag, mode, *_ = facts.split()
        yield Tracked(os.fsdecode(name), mode, tag in {b"S", b"s"}, tag.islower())


def left_out(repository: Repository, *paths: str) -> tuple[Tracked, ...]:
    """Files at or below ``paths`` that are not in the folder, without a word of ``git status``."""
    return tuple(one for one in tracked(repository, *paths) if _is_left_out(repository.root, one))


def _is_left_out(root: Path, one: Tracked) -> bool:
    return (one.skipped or one.assumed) and not os.path.lexists(root / one.path)


def incomplete(repository: Repository, folder: str, lacks: list[Tracked]) -> EnvironmentProblem:
    """Which files of a folder are left out, and the command that brings them."""
    names, more = [one.path for one in lacks[:_SHOWN]], len(lacks) - _SHOWN
    listed = ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
    cause = (
        "this checkout leaves out" if _is_sparse(repository) else "git was told not to look for"
    )
    return EnvironmentProblem(
        f"{folder}/ is not complete here: {cause} {listed}. Bring what is missing with:\n"
        f"{_remedy(repository, folder, lacks)}"
    )


def _is_sparse(repository: Repository) -> bool:
    return _is_set(repository, "core.sparseCheckout")


def _is_set(repository: Repository, setting: str) -> bool:
    return repository.git("config", "--type=bool", "--default=false", setting).strip() == b"true"


def _remedy(repository: Repository, folder: str, lacks: list[Tracked]) -> str:
    sparse = _is_sparse(repository)
    gone = [one._replace(skipped=one.skipped and not sparse) for one in lacks]
    commands = list(look_again(repository, gone))
    if sparse and any(one.skipped for one in lacks):
        # Its paths begin at the top of the repository, whichever folder it is called in.
        top = str(repository.root.joinpath(*[".."] * repository.prefix.count("/")).resolve())
        commands.append(
            ["git", "-C", top, "sparse-checkout", "add", *_pattern(repository, folder)]
        )
    if back := sorted(one.path for one in gone if one.skipped or one.assumed):
        commands.append(["git", "-C", str(repository.root), "restore", "--", *back])
    return " && ".join(map(shlex.join, commands))


def look_again(repository: Repository, files: Sequence[Tracked]) -> Iterator[list[str]]:
    """The commands that make git look again at those of ``files`` that it was told not to look at."""
    assumed = [one.path for one in files if one.assumed]
    skipped = [one.path for one in files if one.skipped]
    for option, names in (("--no-assume-unchanged", assumed), ("--no-skip-worktree", skipped)):
        if names:
            yield ["git", "-C", str(repository.root), "update-index", option, "--", *names]


def _pattern(repository: Repository, folder: str) -> list[str]:
    path = f"{repository.prefix}{folder}"
    if not _is_set(repository, "core.sparseCheckoutCone"):
        return [re.sub(rf"({_SPECIAL})", r"\\\1", f"/{path}/") + "**"]
    return [*(["--skip-checks"] if re.search(_SPECIAL, path) else []), path]
