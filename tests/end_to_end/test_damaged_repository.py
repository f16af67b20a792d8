"""A repository that has lost a part: exit 5 and what to look at, never that it is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import BETTER, commit, once, prepared

__all__ = ["once", "prepared"]

Git = Callable[..., str]
HISTORICAL = (
    ("gate",),
    ("history", "docs.low"),
    ("diff", "HEAD"),
    ("release", "--dry-run"),
    ("rollback", "--dry-run"),
    ("build", "-o", "-"),
    ("try", "docs.low=14000"),
)
FSCK = "Check it with: git fsck"


def forget(root: Path, object_id: str) -> None:
    """Lose an object that lies in a file of its own."""
    (root / ".git/objects" / object_id[:2] / object_id[2:]).unlink()


def no_commit(root: Path, git: Git) -> str:
    head = git("rev-parse", "HEAD")
    forget(root, head)
    return (
        f"HEAD cannot be read: git has no object {head}; "
        f"the clone may be partial or damaged. {FSCK}"
    )


def no_borrowed_objects(root: Path, git: Git) -> str:
    head = git("rev-parse", "HEAD")
    (root / ".git/objects").rename(root.parent / "objects")
    (root / ".git/objects/info").mkdir(parents=True)
    (root / ".git/objects/info/alternates").write_text(f"{root.parent / 'gone'}\n", "utf-8")
    return (
        f"HEAD cannot be read: git has no object {head}; "
        f"the clone may be partial or damaged. {FSCK}"
    )


def empty_branch(root: Path, git: Git) -> str:
    (root / ".git/refs/heads/main").write_bytes(b"")
    return f"{root / '.git/refs/heads/main'} names no commit, so the repository is damaged. {FSCK}"


@pytest.mark.parametrize("damage", [no_commit, no_borrowed_objects, empty_branch])
def test_a_commit_that_is_gone_is_not_taken_for_one_that_was_never_made(
    once: Path, git: Git, coefgate: Coefgate, damage: Callable[[Path, Git], str]
) -> None:
    words = damage(once, git)
    for arguments in HISTORICAL:
        found = coefgate(*arguments)
        assert (found.code, found.err) == (5, f"coefgate: {words}\n"), (arguments, found.text)
    assert coefgate("check").code == 0


def test_a_file_that_is_gone_is_named(once: Path, git: Git, coefgate: Coefgate) -> None:
    commit(once, git, BETTER)
    gone = git("rev-parse", "HEAD:coefficients/overhead/docs.yaml")
    forget(once, gone)
    for arguments in (("diff",), ("release", "--dry-run"), ("history", "docs.low")):
        found = coefgate(*arguments)
        assert found.code == 5, found.text
        assert found.err.startswith(f"coefgate: git has no object {gone}; "), found.err


def test_a_gap_in_the_history_is_no_release_from_elsewhere(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    gap = commit(once, git, BETTER)
    git("commit", "-q", "--allow-empty", "-m", "later")
    forget(once, gap)
    for command in ("release", "rollback"):
        found = coefgate(command, "--dry-run")
        assert found.code == 5, found.text
        assert f"Could not read {gap}" in found.err
        assert "git tag -d" not in found.err


def test_a_release_is_found_where_the_clock_was_wrong(
    once: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    commit(once, git, BETTER)
    tree, parent = git("rev-parse", "HEAD^{tree}", "HEAD").splitlines()
    for number in range(8):  # git looks five commits further than the times of commits say
        who = f"A Tester <tester@example.org> {number} +0000"
        words = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nlater\n"
        (tmp_path / "commit").write_text(words, "utf-8")
        parent = git("hash-object", "-w", "-t", "commit", str(tmp_path / "commit"))
    git("reset", "-q", "--hard", parent)
    found = coefgate("release", "--dry-run")
    assert found.code == 0, found.text
    assert found.out.startswith("coefficients 1.0.1 after 1.0.0\n")
