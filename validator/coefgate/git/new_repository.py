"""A repository that is made here, and what is committed in it: without anybody's hooks."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Final

from coefgate.core.git_process import SETTINGS, Git
from coefgate.git.discovery import environment_here, git_problem
from coefgate.git.repository import Repository

_OWN: Final = ("-c", f"core.hooksPath={os.devnull}", "-c", "commit.gpgSign=false")


def make_repository(folder: Path, *, branch: str) -> None:
    """Make ``folder`` an empty repository. Raises ``EnvironmentProblem`` where git cannot."""
    failure = partial(git_problem, folder)
    git = Git(folder, environment_here(), failure, settings=SETTINGS)
    git.run("init", "--quiet", "--template=", f"--initial-branch={branch}")


def commit_all(repository: Repository, message: str, *, who: tuple[str, str]) -> str:
    """Commit everything that lies in the folder, as a person of this name and address."""
    repository.git("add", "--all")
    repository.git(*_OWN, *_identity(who), "commit", "--quiet", "--message", message)
    return repository.text("rev-parse", "HEAD")


def revert(repository: Repository, commit: str, *, who: tuple[str, str]) -> str:
    """Take back what ``commit`` did, in a commit on what is checked out."""
    repository.git(*_OWN, *_identity(who), "revert", "--no-edit", commit)
    return repository.text("rev-parse", "HEAD")


def _identity(who: tuple[str, str]) -> tuple[str, ...]:
    name, address = who
    return "-c", f"user.name={name}", "-c", f"user.email={address}"
