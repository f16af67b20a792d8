"""Branch and tag of a release on their way to the server: both arrive, or none."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from typing import Final

from coefgate.history.checkout import Branch
from coefgate.history.repository import Repository
from coefgate.problems import EnvironmentProblem, UsageProblem
from coefgate.releases.version import Version

_CREDENTIALS: Final = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a branch is pushed to. ``branch``: the name that it has there."""

    remote: str
    branch: str

    @property
    def shown(self) -> str:
        """The remote as it may be printed: git takes an address in its place, which may hold credentials."""
        return _CREDENTIALS.sub("//", self.remote)


def upstream(repository: Repository, branch: Branch) -> Upstream | None:
    """Remote and branch that git knows as upstream, else those of ``origin``, or of the only remote."""
    remote, merge = (_setting(repository, f"branch.{branch.name}.{key}") for key in ("remote", "merge"))
    if remote and remote != ".":
        return Upstream(remote, merge.removeprefix("refs/heads/") or branch.name)
    remotes = os.fsdecode(repository.git("remote")).splitlines()
    if "origin" in remotes or len(remotes) == 1:
        return Upstream("origin" if "origin" in remotes else remotes[0], branch.name)
    return None


def _setting(repository: Repository, name: str) -> str:
    return os.fsdecode(repository.git("config", "--default=", name).rstrip(b"\n"))


def push_command(branch: Branch, there: Upstream | None, version: Version) -> str:
    """What to type, as one line for a shell."""
    remote, name = (there.shown, there.branch) if there else ("origin", branch.name)
    what = branch.name if name == branch.name else f"{branch.name}:{name}"
    return shlex.join(["git", "push", "--atomic", remote, what, version.tag])


def checked_upstream(repository: Repository, branch: Branch) -> Upstream:
    """``upstream``. Raises ``UsageProblem`` where there is none: asked before anything is written."""
    there = upstream(repository, branch)
    if there is None:
        raise UsageProblem(
            f"there is no remote that {branch.name} is pushed to. Name one with: git remote add origin URL, "
            f"or: git branch --set-upstream-to=REMOTE/{branch.name}"
        )
    return there


def push(repository: Repository, branch: Branch, there: Upstream, version: Version) -> None:
    """Push branch and tag, both or none.

    Raises ``EnvironmentProblem`` where the server refuses; what is here stays, and the text says what to do.
    """
    refs = (f"{branch.ref}:refs/heads/{there.branch}", f"refs/tags/{version.tag}:refs/tags/{version.tag}")
    try:
        repository.git("push", "--porcelain", "--atomic", "--no-follow-tags", there.remote, *refs)
    except EnvironmentProblem as error:
        again = push_command(branch, there, version)
        words = _CREDENTIALS.sub("//", str(error))
        raise EnvironmentProblem(
            f"the release is complete here, and nothing of it was pushed: {words}\n"
            f"{_advice(repository, branch, there, version)}Then again: {again}"
        ) from error


def _advice(repository: Repository, branch: Branch, there: Upstream, version: Version) -> str:
    """What has to be done before the same push will do."""
    try:
        listing = repository.git("ls-remote", there.remote, f"refs/tags/{version.tag}")
    except EnvironmentProblem:
        return ""
    if listing:
        before = branch.commit[:12]
        return (
            f"{version} was released elsewhere meanwhile, and no tag is ever moved. Take this one back with: "
            f"git tag -d {version.tag} && git reset --keep {before}; then: "
            f"git pull --tags {there.shown} {there.branch}, and release again.\n"
        )
    return (
        f"If somebody else pushed meanwhile: git fetch {there.shown} {there.branch} && git merge FETCH_HEAD\n"
    )
