"""A fresh clone of what a server has now, in a folder of its own, with the same settings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from coefgate.core.git_process import SETTINGS, Git
from coefgate.git.discovery import environment_here, git_problem
from coefgate.git.push import Upstream
from coefgate.git.repository import Repository

_OF_THE_FOLDER: Final = re.compile(
    r"(?:core|extensions|include|includeif|submodule)\.(?!sshcommand$|askpass$).*"
    r"|remote\..*\.(?:promisor|partialclonefilter|mirror|fetch|tagopt)",
    re.DOTALL,
)
"""Settings of one folder and of what it holds, which are not those of another."""
_PLACE: Final = re.compile(r"remote\..*\.(?:url|pushurl)", re.DOTALL)


def fresh_clone(repository: Repository, there: Upstream, folder: Path) -> Path:
    """Fetch a branch and all releases from the server, and check the branch out in ``folder``.

    Gives where the registry's files lie in it. Who commits, how that is signed and how the server
    is reached is as in ``repository``, of which nothing moves. Raises ``EnvironmentProblem`` where
    the server gives no answer.
    """
    git = Git(folder, environment_here(), partial(git_problem, folder), settings=SETTINGS)
    branch = there.branch
    git.run("init", "--quiet", "--template=", f"--initial-branch={branch}")
    for name, value in _settings(repository):
        git.run("config", "--add", name, value)
    remote = _place(repository, there.remote)
    tags = "+refs/tags/*:refs/tags/*"
    git.run("fetch", "--quiet", "--no-tags", remote, f"+refs/heads/{branch}:refs/fetched", tags)
    git.run("reset", "--quiet", "--hard", "refs/fetched")
    git.run("config", f"branch.{branch}.remote", remote)
    git.run("config", f"branch.{branch}.merge", f"refs/heads/{branch}")
    return folder / repository.prefix


def _settings(repository: Repository) -> Iterator[tuple[str, str]]:
    """What is set for this repository alone, but for what is of its folder."""
    for row in repository.text("config", "--local", "--includes", "--list", "-z").split("\0"):
        name, _, value = row.partition("\n")
        if name and not _OF_THE_FOLDER.fullmatch(name) and not name.startswith("branch."):
            yield name, _place(repository, value) if _PLACE.fullmatch(name) else value


def _place(repository: Repository, address: str) -> str:
    """An address that means the same from any folder: paths are from the repository's top."""
    beside = Path(os.path.normpath(repository.top / address))
    return str(beside) if beside.exists() else address
