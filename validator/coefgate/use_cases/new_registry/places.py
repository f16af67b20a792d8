"""Where new files go: below one folder, through no link, over no file, all of them or none."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coefgate.core.atomic_files import write_new
from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.discovery import dot_git
from coefgate.git.repository import Repository
from coefgate.git.target_branch import local_default, remote_default
from coefgate.use_cases.registry_folder import keep_out_of_any_registry


@dataclass(frozen=True, slots=True)
class Target:
    """Where a new registry goes.

    ``top``: the folder that nothing is written outside of: that of the repository, or the
    registry's own where there is none. ``folder``: the way from there to the registry,
    ``teams/ours``; empty at the top. ``branch``: what changes go to. ``remote``: the address of
    ``origin``, empty without one. ``has_commits``: is anything committed yet?
    """

    top: Path
    folder: str
    branch: str = "main"
    is_repository: bool = False
    has_commits: bool = False
    remote: str = ""

    @property
    def registry(self) -> Path:
        """The registry's own folder."""
        return self.top / self.folder

    def below(self, path: str) -> str:
        """The way from ``top`` to a file of the registry."""
        return (PurePosixPath(self.folder) / path).as_posix()


def target_of(folder: Path) -> Target:
    """Where a registry in ``folder`` goes, which need not be there yet.

    Raises ``UsageProblem`` where no registry can lie, ``EnvironmentProblem`` where a link leads
    out of the repository that the folder seems to be in.
    """
    folder = _inside(folder)
    if ".git" in folder.parts:
        raise UsageProblem(f"{folder} belongs to git. Name another folder.")
    keep_out_of_any_registry(folder)
    there = next(one for one in (folder, *folder.parents) if os.path.lexists(one))
    if not there.is_dir():
        raise UsageProblem(f"{there} is no folder. Name another one.")
    try:
        with Repository(there) as repository:
            if repository.bare:
                raise UsageProblem(
                    f"{there} is a bare repository, which holds no files. Go into a clone of it."
                )
            way = folder.relative_to(repository.top).as_posix()
            return Target(
                repository.top,
                "" if way == "." else way,
                _branch(repository),
                is_repository=True,
                has_commits=repository.head() is not None,
                remote=repository.setting("remote.origin.url"),
            )
    except NoRepository:
        if dot_git(there) is not None:
            raise  # git is not here, or cannot read it: nobody knows where its files go
        return Target(folder, "")


def _inside(folder: Path) -> Path:
    """``folder`` without links, none of which leads out of the repository around it."""
    named, found = Path(os.path.abspath(folder)), folder.resolve()  # noqa: PTH100 (links stay)
    top = next((one for one in (named, *named.parents) if (one / ".git").exists()), None)
    if top is not None and not found.is_relative_to(top.resolve()):
        raise EnvironmentProblem(
            f"{folder} leads to {found}, outside the repository {top}, and nothing is written "
            f"there. If the registry belongs there, name it: "
            f"coefgate init {shlex.quote(str(found))}"
        )
    return found


def _branch(repository: Repository) -> str:
    with suppress(EnvironmentProblem):
        if found := remote_default(repository):
            return found.name.partition("/")[2]
    checked_out = repository.checked_out_ref() or "refs/heads/main"
    found = local_default(repository)
    return found.name if found else checked_out.removeprefix("refs/heads/")


def taken(top: Path, path: str) -> bool:
    """Is something at ``path`` already, be it a link to nowhere?

    Raises ``EnvironmentProblem`` where a folder on the way to it is a link, or no folder.
    """
    *folders, _ = PurePosixPath(path).parts
    way = top
    for one in folders:
        way /= one
        typed = shlex.quote(str(way))
        if way.is_symlink():
            raise EnvironmentProblem(
                f"{way} is a link to {os.readlink(way)}, and nothing is written through links. "  # noqa: PTH115 (what the link says)
                f"Replace it with a folder: rm {typed} && mkdir {typed}"
            )
        if os.path.lexists(way) and not way.is_dir():
            raise EnvironmentProblem(
                f"{way} is in the way: a folder goes there. Move it: mv {typed} {typed}.old"
            )
    return os.path.lexists(top / path)


@contextmanager
def new_files(top: Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Write ``files``, none of which is there; all of them are gone again where anything fails.

    That is while they are written, and while the block runs. Raises ``EnvironmentProblem``.
    """
    with ExitStack() as undo:
        for path, content in files.items():
            target = top / path
            for folder in reversed([one for one in target.parents if not one.exists()]):
                undo.callback(_without_folder, folder)
            taken(top, path)
            write_new(target, content)
            undo.callback(target.unlink, missing_ok=True)
        yield
        undo.pop_all()


def _without_folder(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
