"""Branch and tag of a release on their way to the server: both arrive, or none."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from coefgate.core.credentials import scrubbed
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.versions import Version
from coefgate.git.commit_writer import Branch
from coefgate.git.release_tags import TAGS
from coefgate.git.remotes import remotes
from coefgate.git.repository import Repository

_FORM: Final = "%(objectname)\t%(refname)"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a branch is pushed to. ``branch``: the name that it has there.

    Git takes an address in the place of a remote's name, which may hold credentials; ``setting``
    is what git's configuration calls it then.
    """

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

    ``pushed``: tag and branch are there, ``None`` if not known. ``tagged``: the tag is there, so
    runners have it. ``words``: what is done, and what is left to do. ``command``: what to type for
    that, ``None`` where nothing is left, or something else comes first.
    """

    pushed: bool | None
    tagged: bool
    words: str
    command: str | None = None


class _News(NamedTuple):
    """What a server has, and how it is brought here."""

    what: str
    remedy: str


def upstream(repository: Repository, branch: Branch) -> Upstream | None:
    """What git knows as upstream, else that branch of ``origin``, or of the only remote."""
    setting = f"branch.{branch.name}.remote"
    remote, merge = map(repository.setting, (setting, f"branch.{branch.name}.merge"))
    if remote and remote != ".":
        return Upstream(remote, merge.removeprefix("refs/heads/") or branch.name, setting)
    known = remotes(repository)
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

    Raises ``UsageProblem`` where there is none, or where it has commits of the branch, or
    releases, that are not here: what is made without them would be refused, or part from them.
    ``EnvironmentProblem`` where it cannot be asked.
    """
    there = upstream(repository, branch)
    if there is None:
        raise UsageProblem(
            f"there is no remote that {branch.name} is pushed to. Name one with: git remote add "
            f"origin URL, or: git branch --set-upstream-to=REMOTE/{branch.name}"
        )
    try:
        found = _only_there(repository, branch, there, _listing(repository, there))
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            f"{there.shown} cannot be asked, and nothing has changed: {error}\n"
            "To make it here and push it later, leave out --push."
        ) from error
    if found is not None:
        raise UsageProblem(
            f"{found.what}; nothing has changed. {found.remedy}; then do this again."
        )
    return there


def delivery(
    repository: Repository, branch: Branch, there: Upstream, version: Version
) -> Delivery:
    """How far a release that was made before has come; the user is asked nothing."""
    command = push_command(branch, there, version)
    try:
        rows = _rows(repository.ask(*_question(there)))
    except EnvironmentProblem as error:
        words = (
            f"not known whether {there.shown} has {version.tag}: {error}\nIf it has not: {command}"
        )
        return Delivery(pushed=None, tagged=False, words=words, command=command)
    names = {name: object_id for object_id, name in rows}
    tag, tip = (
        names.get(ref) for ref in (f"refs/tags/{version.tag}", f"refs/heads/{there.branch}")
    )
    tagged = tag is not None
    has = f"{there.shown} {'has' if tagged else 'lacks'} {version.tag}"
    news = _only_there(repository, branch, there, rows)
    if news is not None:
        return Delivery(
            pushed=None, tagged=tagged, words=f"{has}, and {news.what}. {news.remedy}."
        )
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
    """Push branch and tag, both or none. ``branch``: with the tip that it had before.

    Raises ``EnvironmentProblem`` where the server refuses; what is here stays, and the text says
    what to do.
    """
    refs = (
        f"{branch.ref}:refs/heads/{there.branch}",
        f"refs/tags/{version.tag}:refs/tags/{version.tag}",
    )
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
        rows = _listing(repository, there)
    except EnvironmentProblem:
        return again
    now = repository.head() or branch.commit
    found = _only_there(repository, Branch(branch.name, now), there, rows)
    if (
        found is not None and now == branch.commit
    ):  # it was made before, and what is new there comes on top
        return f"{found.what}. {found.remedy}; then do this again."
    if found is not None:
        return (
            f"{found.what}. Take this release back: git tag -d {version.tag} && git reset --keep "
            f"{branch.commit[:12]}. {_pull(there)}; then do this again."
        )
    aside = replace(there, branch=f"coefficients-{version}")
    return (
        f"{again}\nWhere {there.branch} takes pull requests only, push to a branch beside it: "
        f"{push_command(branch, aside, version)}\n"
        f"Runners have the release then. Merge {aside.branch} with a merge commit."
    )


def _question(there: Upstream) -> tuple[str, ...]:
    """The git command that lists what the server has of the branch, and of releases."""
    return ("ls-remote", "--", there.remote, f"refs/heads/{there.branch}", TAGS)


def _listing(repository: Repository, there: Upstream) -> list[list[str]]:
    """What the server has; git may ask for a password, as it may for the push that follows."""
    return _rows(repository.lines(*_question(there)))


def _only_there(
    repository: Repository, branch: Branch, there: Upstream, rows: list[list[str]]
) -> _News | None:
    """The first thing of the branch, or of releases, that the server has and nobody here."""
    ref = f"refs/heads/{there.branch}"
    here = {name: tag for tag, name in _rows(repository.refs(_FORM, TAGS))}
    for commit, name in rows:
        if name == ref and not repository.is_ancestor(commit, branch.commit):
            return _News(
                f"{there.shown} has commits on {there.branch} that are not here", _pull(there)
            )
    for tag, name in rows:
        version = Version.of_tag(name.removeprefix("refs/tags/"))
        if version is not None and name not in here:
            return _News(
                f"{there.shown} has the release {version}, which is not here", _pull(there)
            )
        if version is not None and here[name] != tag:
            take = f"git fetch --force {there.typed} {shlex.quote(f'{name}:{name}')}"
            return _News(
                f"{there.shown} has another tag {version.tag} than this clone, and tags never "
                "move",
                "Find out which one is right; where it is the one on the server, take it with: "
                f"{take}",
            )
    return None


def _pull(there: Upstream) -> str:
    pull = f"git pull --no-rebase --tags {there.typed} {shlex.quote(there.branch)}"
    return f"Get what is there with: {pull}"


def _rows(lines: list[str]) -> list[list[str]]:
    return [line.split("\t") for line in lines]
