"""Which commit withdrew a version, on real histories."""

from __future__ import annotations

from pathlib import Path

from coefgate.core.yanks import Yank
from coefgate.git.repository import Repository
from coefgate.git.withdrawal_log import withdrawn_by
from tests.git.conftest import Git

FILE = "coefficients/yanked.yaml"


def _withdraw(registry: Path, *yanks: Yank) -> None:
    rows = [
        f'- {{version: {one.version}, date: "{one.date}", reason: {one.reason}, '
        f"replacement: {one.replacement or 'null'}}}\n"
        for one in yanks
    ]
    (registry / FILE).write_text(f"yanked:\n{''.join(rows)}" if rows else "yanked: []\n")


def _found(registry: Path, *yanks: Yank) -> dict[str, str]:
    with Repository(registry) as repository:
        head = repository.head()
        assert head is not None
        found = withdrawn_by(repository, head, {one.version: one for one in yanks})
        return {version: commit.subject for version, commit in found.items()}


BAD = Yank("1.0.1", "2026-11-30", "too low", "1.0.2")
WORSE = Yank("1.0.3", "2026-12-01", "too high", None)


def test_each_version_has_the_commit_that_withdrew_it(registry: Path, git: Git) -> None:
    for subject, yanks in (("first", (BAD,)), ("second", (WORSE, BAD))):
        _withdraw(registry, *yanks)
        git("commit", "-qam", f"withdraw, {subject}")
    (registry / "README").write_text("hello")
    git("add", "README")
    git("commit", "-qm", "elsewhere")
    assert _found(registry, BAD, WORSE) == {
        "1.0.1": "withdraw, first",
        "1.0.3": "withdraw, second",
    }


def test_another_reason_is_another_withdrawal(registry: Path, git: Git) -> None:
    _withdraw(registry, Yank("1.0.1", "2026-11-30", "unclear", None))
    git("commit", "-qam", "first")
    _withdraw(registry, BAD)
    git("commit", "-qam", "say why")
    assert _found(registry, BAD) == {"1.0.1": "say why"}


def test_a_state_that_cannot_be_read_says_nothing(registry: Path, git: Git) -> None:
    _withdraw(registry, BAD)
    git("commit", "-qam", "withdraw")
    good = (registry / FILE).read_text()
    (registry / FILE).write_text("yanked: [")
    git("commit", "-qam", "break it")
    (registry / FILE).write_text(good)
    git("commit", "-qam", "repair")
    assert _found(registry, BAD) == {"1.0.1": "withdraw"}


def test_of_a_merge_the_commit_that_wrote_it(registry: Path, git: Git) -> None:
    git("switch", "-qc", "back")
    _withdraw(registry, BAD)
    git("commit", "-qam", "withdraw on a branch")
    git("switch", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    git("merge", "-q", "--no-ff", "-m", "merge", "back")
    assert _found(registry, BAD) == {"1.0.1": "withdraw on a branch"}


def test_a_merge_that_decides_itself(registry: Path, git: Git) -> None:
    git("switch", "-qc", "back")
    _withdraw(registry, WORSE)
    git("commit", "-qam", "withdraw another")
    git("switch", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    git("merge", "-q", "--no-ff", "--no-commit", "back")
    _withdraw(registry, BAD)
    git("commit", "-qam", "merge")
    assert _found(registry, BAD) == {"1.0.1": "merge"}


def test_what_no_commit_holds_is_left_out(registry: Path, git: Git) -> None:
    git("log", "-1")
    assert _found(registry, BAD) == {}
    assert _found(registry) == {}
