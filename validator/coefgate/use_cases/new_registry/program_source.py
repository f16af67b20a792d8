"""Where the running program was installed from, as far as others can get it there as well."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coefgate.core.installation import direct_url
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.repository import Repository
from coefgate.runner.address import local_path

_ADDRESS: Final = re.compile(r"(?:https?://|ssh://(?:[\w.-]+@)?|[\w.-]+@(?=[\w.-]+:))[\w.:/+~%-]+")
"""What git clones from another machine, without a password."""
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_ON_GITHUB: Final = re.compile(
    r"(?:https://|ssh://git@|git@)github\.com[/:](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


@dataclass(frozen=True, slots=True)
class ProgramSource:
    """A commit of a git repository that others reach. ``url``: as ``git clone`` takes it."""

    url: str
    commit: str

    @property
    def action(self) -> str | None:
        """``OWNER/NAME`` as a workflow on GitHub names it; ``None`` where it lies elsewhere."""
        found = _ON_GITHUB.fullmatch(self.url)
        return found["name"] if found else None


def named_source(url: str, commit: str) -> ProgramSource:
    """The source that a user names. Raises ``UsageProblem`` where nobody could get it there."""
    if not _ADDRESS.fullmatch(url):
        raise UsageProblem(
            f"--program-url {url!r} is not an address that others can reach. Name one that "
            "git can clone, such as https://github.com/OWNER/coefgate, without a password."
        )
    if not _COMMIT.fullmatch(commit):
        raise UsageProblem(
            f"--program-rev {commit!r} is not a full commit. Name all 40 digits; see them with: "
            f"git ls-remote {shlex.quote(url)} HEAD"
        )
    return ProgramSource(url, commit)


def installed_from() -> ProgramSource | None:
    """Where this program was installed from; ``None`` where others cannot get it there."""
    return source_of(found) if (found := direct_url()) else None


def source_of(direct_url: Mapping[str, Any]) -> ProgramSource | None:
    """The same of a ``direct_url.json`` (PEP 610): a commit of git, or a folder with a clone."""
    url = str(direct_url.get("url", ""))
    if "dir_info" in direct_url:
        return _of_clone(local_path(url))
    commit = str(direct_url.get("vcs_info", {}).get("commit_id", ""))
    return _reachable(url, commit)


def _of_clone(folder: Path) -> ProgramSource | None:
    """What is checked out there, if the remote that it was cloned from has it."""
    try:
        with Repository(folder) as repository:
            commit = repository.head() or ""
            published = commit and repository.refs(
                "%(refname)", "--count=1", f"--contains={commit}", "refs/remotes/origin/"
            )
            return _reachable(repository.setting("remote.origin.url"), commit if published else "")
    except EnvironmentProblem:
        return None


def _reachable(url: str, commit: str) -> ProgramSource | None:
    known = _ADDRESS.fullmatch(url) and _COMMIT.fullmatch(commit)
    return ProgramSource(url, commit) if known else None
