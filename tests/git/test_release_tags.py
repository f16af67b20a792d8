"""What a registry's state is called."""

from __future__ import annotations

from pathlib import Path

from coefgate.git.release_tags import registry_version, worktree_version
from coefgate.git.repository import Repository
from tests.git.conftest import Git


def _version(registry: Path, revision: str = "HEAD") -> str:
    with Repository(registry) as repository:
        return registry_version(repository, repository.commit(revision))


def _worktree_version(registry: Path) -> str:
    with Repository(registry) as repository:
        return worktree_version(repository)


def test_before_the_first_release(registry: Path, git: Git) -> None:
    git("commit", "-q", "--allow-empty", "-m", "second")
    assert _version(registry) == f"0.0.0+2.g{git('rev-parse', 'HEAD')[:7]}"


def test_at_and_after_a_release(registry: Path, git: Git) -> None:
    git("tag", "-a", "-m", "release", "coefficients/v1.4.0")
    assert _version(registry) == "1.4.0"
    for _ in range(3):
        git("commit", "-q", "--allow-empty", "-m", "later")
    assert _version(registry) == f"1.4.0+3.g{git('rev-parse', 'HEAD')[:7]}"
    assert _version(registry, "HEAD~3") == "1.4.0"


def test_other_tags_are_no_releases(registry: Path, git: Git) -> None:
    git("tag", "-a", "-m", "the program", "v9.0.0")
    git("tag", "coefficients/v8.0.0")  # not annotated
    assert _version(registry).startswith("0.0.0+1.g")


def test_uncommitted_coefficients_show(registry: Path, git: Git) -> None:
    git("tag", "-a", "-m", "release", "coefficients/v1.4.0")
    (registry / "README.md").write_text("not a coefficient")
    assert _worktree_version(registry) == "1.4.0"
    (registry / "coefficients/new.yaml").write_text("not committed")
    assert _worktree_version(registry) == "1.4.0+dirty"
    git("commit", "-q", "--allow-empty", "-m", "later")
    assert _worktree_version(registry).endswith(".dirty")


def test_a_repository_without_commits(tmp_path: Path, registry: Path, git: Git) -> None:
    git("checkout", "-q", "--orphan", "empty")
    assert _worktree_version(registry) == "0.0.0+unversioned"
