"""A branch that nobody has checked out, made at a commit that was written beside it, or moved."""

from __future__ import annotations

import shlex

from coefgate.core.problems import UsageProblem
from coefgate.git.commit_writer import Branch
from coefgate.git.repository import Repository


def free_branch(repository: Repository, name: str) -> Branch | None:
    """The branch ``name``, or ``None`` where there is none of that name yet.

    Raises ``UsageProblem`` where it is no name of a branch, another one is meant by it, or it is
    checked out in some folder: a commit on it would not be in these files.
    """
    # Git takes @ for HEAD, and refs/heads/x for the branch x, where a branch is pushed.
    misread = name == "@" or name.startswith("refs/")
    if misread or repository.answer("check-ref-format", "--branch", name) != name:
        raise UsageProblem(
            f"{shlex.quote(name)} is not a branch name. Use one like this: --branch more-calls"
        )
    ref = Branch(name, "").ref
    rows = (
        line.split(" ", 3)
        for line in repository.refs("%(objectname) %(refname) %(symref) %(worktreepath)", ref)
    )
    found = ((commit, other, folder) for commit, its, other, folder in rows if its == ref)
    commit, other, folder = next(found, ("", "", ""))
    if other:
        raise UsageProblem(
            f"the branch {name} points to another one, {other}, which would move. Name that, or "
            "a new one, with: --branch NAME"
        )
    if repository.checked_out_ref() == ref:
        folder = str(repository.root)
    if folder:
        raise UsageProblem(
            f"the branch {name} is checked out in {folder}, whose files are not touched. Name "
            "another one with --branch NAME, or check out another one there."
        )
    return Branch(name, commit) if commit else None


def move_branch(repository: Repository, name: str, commit: str, before: Branch | None) -> None:
    """Lead the branch to ``commit``, or make it; only from where it was ``before``.

    Raises ``EnvironmentProblem`` where it has moved since.
    """
    since = before.commit if before else "0" * len(commit)
    reason = f"coefgate: {'on to' if before else 'made at'} proposed samples"
    repository.git(
        "update-ref", "--no-deref", "-m", reason, Branch(name, commit).ref, commit, since
    )
