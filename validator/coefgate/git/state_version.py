"""The name of a registry's state: the released version, or its distance from the last one."""

from __future__ import annotations

from typing import Final

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.versions import TAG_PREFIX, UNVERSIONED
from coefgate.git.changed_files import folder_differences
from coefgate.git.repository import Repository
from coefgate.registry.sources import FOLDER

RELEASES: Final = (
    *("--match", f"{TAG_PREFIX}[0-9]*.[0-9]*.[0-9]*"),
    *("--exclude", f"{TAG_PREFIX}*[!0-9.]*"),
    *("--exclude", f"{TAG_PREFIX}*.*.*.*"),
    *("--exclude", f"{TAG_PREFIX}*..*"),
    *("--exclude", f"{TAG_PREFIX}0[0-9]*"),
    *("--exclude", f"{TAG_PREFIX}*.0[0-9]*"),
)
"""What ``git describe`` takes for a release: ``coefficients/vMAJOR.MINOR.PATCH`` and nothing else."""


def registry_version(repository: Repository, commit: str) -> str:
    """``1.4.0`` at an annotated tag ``coefficients/v1.4.0``, else ``1.4.0+3.g3f2c1ab`` three commits later.

    Before the first release the count is that of all commits: ``0.0.0+12.g3f2c1ab``; a shallow
    clone, where nobody can count them, says ``0.0.0+g3f2c1ab``.
    """
    try:
        described = repository.git("describe", *RELEASES, "--long", "--abbrev=7", commit)
    except EnvironmentProblem:
        if repository.shallow:
            return f"0.0.0+g{commit[:7]}"
        count = repository.git("rev-list", "--count", commit).decode().strip()
        return f"0.0.0+{count}.g{commit[:7]}"
    tag, distance, abbreviated = described.decode().strip().rsplit("-", 2)
    released = tag.removeprefix(TAG_PREFIX)
    return released if distance == "0" else f"{released}+{distance}.{abbreviated}"


def worktree_version(repository: Repository) -> str:
    """The version of HEAD, with ``.dirty`` behind it when ``coefficients/`` holds anything else."""
    commit = repository.head()
    if commit is None:
        return UNVERSIONED
    version = registry_version(repository, commit)
    if not folder_differences(repository, commit, FOLDER):
        return version
    return f"{version}.dirty" if "+" in version else f"{version}+dirty"
