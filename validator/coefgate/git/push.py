"""Branch and tag of a release on their way to the server: both arrive, or none."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from coefgate.core.credentials import scrubbed
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.versions import Version
from coefgate.git import remotes
from coefgate.git.commit_writer import Branch
from coefgate.git.release_tags import TAGS
from coefgate.git.repository import Repository

_FORM: Final = "%(objectname)\t%(refname)"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a branch is pushed to, and its name there; ``setting``: git's name for the remote."""

    remote: str
    branch: str
    setting: str = ""

    @property
    def shown(self) -> str:
        """The remote as it may be printed."""
        return scrubbed(self.remote)

    @property
    def typed(self) -> str:
        """The remote as a word for a shell: where it holds a secret, git is asked for it."""
        if self.shown == self.remote:
            return shlex.quote(self.remote)
        return f'"$(git config {shlex.quote(self.setting)})"'


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a release has come to the server.

    ``pushed``: tag and branch are there, ``None`` if not known. ``tagged``: runners have it.
    ``words``: what is done, and left to do. ``command``: what to type for that, if it is one.
    """

    pushed: bool | None
    tagged: bool
    words: str
    command: str | None = None


def upstream(repository: Repository, branch: Branch) -> Upstream | None:
    """What git knows as upstream, else that branch of ``origin``, or of the only remote."""
    setting = f"branch.{branch.name}.remote"
    remote, merge = map(repository.setting, (setting, f"branch.{branch.name}.merge"))
    if remote and remote != ".":
        return Upstream(remote, merge.removeprefix("refs/heads/") or branch.name, setting)
    known = remotes.names(repository)
    if len(known) == 1 or "origin" in known:
        return Upstream(known[0], branch.name)
    return None


def push_command(branch: Branch, there: Upstream | None, version: Version) -> str:
    """What to type, as one line for a shell; where no remote is known, a word stands for it."""
    remote, name = (there.typed, there.branch) if there else ("REMOTE", branch.name)
    what = branch.name if name == branch.name else f"{branch.name}:{name}"
    return f"git push --atomic {remote} {shlex.join([what, version.tag])}"


def checked_upstream(repository: Repository, branch: Branch) -> Upstream:
    """``upstream``, asked before anything is written.

    Raises ``UsageProblem`` where there is none, or it has commits of the branch, or releases, that
    are not here; ``EnvironmentProblem`` where it cannot be asked.
    """
    if (there := upstream(repository, branch)) is None:
        raise UsageProblem(
            f"there is no remote that {branch.name} is pushed to. Name one with: git remote add "
            f"origin URL, or: git branch --set-upstream-to=REMOTE/{branch.name}"
        )
    try:
        found = _only_there(repository, branch, there, _listing(repository.lines, there))
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            f"{there.shown} cannot be asked, and nothing has changed: {error}\n"
            "To make it here and push it later, leave out --push."
        ) from error
    if found is not None:
        what, remedy = found
        raise UsageProblem(f"{what}; nothing has changed. {remedy}; then do this again.")
    return there


def delivery(
    repository: Repository, branch: Branch, there: Upstream, version: Version
) -> Delivery:
    """How far a release that was made before has come; the user is asked nothing."""
    command = push_command(branch, there, version)
    try:
        refs = _listing(repository.ask, there)
    except EnvironmentProblem as error:
        words = f"not known whether {there.shown} has {version.tag}: {error}\n"
        words += f"If it has not: {command}"
        return Delivery(pushed=None, tagged=False, words=words, command=command)
    tagged, tip = f"refs/tags/{version.tag}" in refs, refs.get(f"refs/heads/{there.branch}")
    has = f"{there.shown} {'has' if tagged else 'lacks'} {version.tag}"
    if (news := _only_there(repository, branch, there, refs)) is not None:
        return Delivery(pushed=None, tagged=tagged, words=f"{has}, and {'. '.join(news)}.")
    merged = tip is not None and repository.is_ancestor(f"refs/tags/{version.tag}", tip)
    if tagged and merged:
        words = f"nothing to push: {there.shown} has branch and {version.tag}"
        return Delivery(pushed=True, tagged=True, words=words)
    words = f"next: {command}"
    if tagged:
        has += f", but not in {there.branch}"
        words = f"{has}. Merge the pull request that brings it, or: {command}"
    return Delivery(pushed=False, tagged=tagged, words=words, command=command)


def push(repository: Repository, branch: Branch, there: Upstream, version: Version) -> None:
    """Push branch (with the tip that it had before) and tag, both or none.

    Raises ``EnvironmentProblem`` with what to do where the server refuses; what is here stays.
    """
    tag = f"refs/tags/{version.tag}"
    refs = f"{branch.ref}:refs/heads/{there.branch}", f"{tag}:{tag}"
    try:
        repository.git("push", "--porcelain", "--atomic", "--no-follow-tags", there.remote, *refs)
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            f"the release is complete here, and nothing of it was pushed: {error}\n"
            f"{_advice(repository, branch, there, version)}"
        ) from error


def _advice(repository: Repository, branch: Branch, there: Upstream, version: Version) -> str:
    """What to do where a push was refused."""
    again = f"Then again: {push_command(branch, there, version)}"
    try:
        refs = _listing(repository.lines, there)
    except EnvironmentProblem:
        return again
    now = repository.head() or branch.commit
    if (found := _only_there(repository, Branch(branch.name, now), there, refs)) is not None:
        what, remedy = found
        if now != branch.commit:  # else it was made before, and what is new there comes on top
            remedy = (
                f"Take this release back: git tag -d {version.tag} && git reset --keep "
                f"{branch.commit[:12]}. {_pull(there)}"
            )
        return f"{what}. {remedy}; then do this again."
    aside = replace(there, branch=f"coefficients-{version}")
    return (
        f"{again}\nWhere {there.branch} takes pull requests only, push to another branch: "
        f"{push_command(branch, aside, version)}\n"
        f"Runners have the release then. Merge {aside.branch} with a merge commit."
    )


def _listing(git: Callable[..., list[str]], there: Upstream) -> dict[str, str]:
    """The object of each ref that the server has; ``git`` may ask for a password, or may not."""
    return _objects(git("ls-remote", "--", there.remote, f"refs/heads/{there.branch}", TAGS))


def _objects(rows: list[str]) -> dict[str, str]:
    return dict(row.split("\t")[::-1] for row in rows)


def _only_there(
    repository: Repository, branch: Branch, there: Upstream, refs: dict[str, str]
) -> tuple[str, str] | None:
    """The first thing of branch or releases that only the server has, and how to bring it."""
    tip = refs.get(f"refs/heads/{there.branch}")
    if tip is not None and not repository.is_ancestor(tip, branch.commit):
        return f"{there.shown} has commits on {there.branch} that are not here", _pull(there)
    here = _objects(repository.refs(_FORM, TAGS))
    for name, tag in refs.items():
        version = Version.of_tag(name.removeprefix("refs/tags/"))
        if version is not None and name not in here:
            return f"{there.shown} has the release {version}, which is not here", _pull(there)
        if version is not None and here[name] != tag:
            take = f"git fetch --force {there.typed} {shlex.quote(f'{name}:{name}')}"
            what = f"{there.shown} has another tag {version.tag} than this clone"
            right = "Find out which one is right; where it is the one on the server, take it with"
            return f"{what}, and tags never move", f"{right}: {take}"
    return None


def _pull(there: Upstream) -> str:
    pull = f"git pull --no-rebase --tags {there.typed} {shlex.quote(there.branch)}"
    return f"Get what is there with: {pull}"
