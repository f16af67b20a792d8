"""What is checked out: the branch, what is not committed, who commits, and what day it is for them."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.changed_files import folder_differences
from coefgate.git.checkout_tree import left_out, look_again, tracked
from coefgate.git.repository import Repository

_HEADS: Final = "refs/heads/"
_IDENTITY: Final = re.compile(r"> ([0-9]+) ([+-])([0-9]{2})([0-9]{2})$")


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch that is checked out. ``name``: as people write it. ``commit``: its tip."""

    name: str
    commit: str

    @property
    def ref(self) -> str:
        """The full name of its ref."""
        return f"{_HEADS}{self.name}"


def checked_out(repository: Repository) -> Branch:
    """The branch that is checked out. Raises ``UsageProblem`` where none is, or where it has no commit."""
    commit = repository.head()
    try:
        ref = os.fsdecode(repository.git("symbolic-ref", "--quiet", "HEAD").rstrip(b"\n"))
    except EnvironmentProblem as error:
        raise UsageProblem(
            "no branch is checked out, so nobody could find the commit of a release again. "
            "Check one out with: git switch main"
        ) from error
    if commit is None:
        raise UsageProblem(
            "nothing is committed here yet. Do it with: git add coefficients samples && git commit"
        )
    return Branch(ref.removeprefix(_HEADS), commit)


def uncommitted(repository: Repository, *paths: str) -> tuple[str, ...]:
    """Files at or below ``paths`` that are not as the commit has them: staged, changed, new, even ignored.

    What the checkout leaves out is as it was.
    """
    commit = repository.head()
    if commit is None:
        return ()
    staged = repository.git(
        "diff-index",
        "--cached",
        "--name-only",
        "-z",
        "--no-renames",
        "--no-relative",
        commit,
        "--",
        *paths,
    )
    names = (
        os.fsdecode(name).removeprefix(repository.prefix) for name in staged.split(b"\0") if name
    )
    absent = {one.path for one in left_out(repository, *paths)}
    return tuple(sorted({*names, *folder_differences(repository, commit, *paths)} - absent))


def shown_by_status(repository: Repository, paths: Sequence[str]) -> str | None:
    """The command after which ``git status`` shows all changes of ``paths``; ``None`` where it does."""
    commands = look_again(repository, tuple(tracked(repository, *paths)))
    return " && ".join(map(shlex.join, commands)) or None


def today(repository: Repository) -> str:
    """The day, YYYY-MM-DD, that git would write into a commit now, where its committer is.

    Raises ``EnvironmentProblem`` where git does not know who commits.
    """
    found = None
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        try:
            found = repository.git("var", who).decode("utf-8", "replace").strip()
        except EnvironmentProblem as error:
            raise EnvironmentProblem(
                "git does not know who commits. Tell it with: git config user.name 'Your Name' && "
                "git config user.email you@example.org"
            ) from error
    time = _IDENTITY.search(found or "")
    if time is None:
        raise EnvironmentProblem(
            f"git names the committer {found!r}, without a time. Look at it with: git var "
            "GIT_COMMITTER_IDENT"
        )
    seconds, sign, hours, minutes = time.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset)
    return datetime.fromtimestamp(int(seconds), UTC).astimezone(zone).date().isoformat()
