"""Where the registry lies: its folder, and the way to it from the top of its repository."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.trees import is_bare, registry_root
from coefgate.git.repository import Repository
from coefgate.git.working_tree import incomplete, left_out
from coefgate.registry.files import FOLDER


def registry_folder(start: Path) -> Path:
    """``registry_root``; the error says how to bring what a checkout has left out."""
    try:
        return registry_root(start)
    except UsageProblem:
        _refuse_left_out(start.resolve())
        raise


def folder_or_bare(start: Path) -> Path:
    """``registry_folder``, or ``start`` itself where it is a bare git repository."""
    return start.resolve() if is_bare(start) else registry_folder(start)


def folder_or_repository(start: Path) -> Path:
    """``registry_folder``, or ``start`` itself where it is the top of a repository, bare or not.

    Where the files in the folder are not asked for, a commit may bring the registry.
    """
    if not (start / ".git").exists():
        return folder_or_bare(start)
    try:
        return registry_root(start)
    except UsageProblem:
        return start.resolve()


def _refuse_left_out(start: Path) -> None:
    error = None
    with suppress(EnvironmentProblem):
        for folder in (start, *start.parents):
            with Repository(folder) as repository:
                if lacks := left_out(repository, FOLDER):
                    error = incomplete(repository, FOLDER, list(lacks))
                if lacks or not repository.prefix:
                    break
    if error is not None:
        raise error


def folder_in_repository(root: Path) -> str:
    """The way from the top of the repository to ``root``: ``teams/theirs/``.

    Empty at the top, and where git cannot tell. GitHub looks for the file of an annotation from
    there.
    """
    try:
        with Repository(root) as repository:
            return repository.prefix
    except EnvironmentProblem:
        return ""


def keep_out_of_the_registry(output: Path, root: Path) -> None:
    """Raise ``UsageProblem`` for a place in the registry's folders, which hold nothing else."""
    for folder in ("coefficients", "samples"):
        if output.resolve().is_relative_to((root / folder).resolve()):
            raise UsageProblem(
                f"{output} lies in {folder}/, which holds nothing else. Name another place."
            )


def keep_out_of_any_registry(output: Path) -> None:
    """Raise ``UsageProblem`` for a place in the folders of whatever registry lies above it."""
    for folder in output.resolve().parents:
        if (folder / FOLDER).is_dir():
            keep_out_of_the_registry(output, folder)
