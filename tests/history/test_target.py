"""Which branch a proposal is on its way to, and the commit that judges it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.history.repository import Repository
from coefgate.history.target import Target, default_branch, target
from coefgate.problems import EnvironmentProblem, UsageProblem

Git = Callable[..., str]


def _default(root: Path, remote: str | None = None) -> str | None:
    with Repository(root) as repository:
        return default_branch(repository, remote=remote)


def _target(root: Path, revision: str) -> Target:
    with Repository(root) as repository:
        return target(repository, repository.commit("HEAD"), revision, found_by="--base")


def _commit(git: Git, message: str) -> str:
    git("commit", "-q", "--allow-empty", "-m", message)
    return git("rev-parse", "HEAD")


# --- The default branch ------------------------------------------------------------------------------


def test_the_nearest_name_wins(registry: Path, git: Git) -> None:
    """From the last choice to the first; every new one takes the place of the one before."""
    git("branch", "-m", "work")
    assert _default(registry) is None
    for ref in (
        "refs/heads/master",
        "refs/heads/main",
        "refs/remotes/upstream/master",
        "refs/remotes/upstream/main",
        "refs/remotes/another/main",
        "refs/remotes/origin/master",
        "refs/remotes/origin/main",
    ):
        git("update-ref", ref, "HEAD")
        assert _default(registry) == ref
    git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    assert _default(registry) == "refs/remotes/origin/main"
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert _default(registry) == "refs/remotes/origin/HEAD"


def test_in_a_push_no_branch_here_will_do(registry: Path, git: Git) -> None:
    assert _default(registry) == "refs/heads/main"
    assert _default(registry, remote="origin") is None
    git("update-ref", "refs/remotes/backup/main", "HEAD")
    git("update-ref", "refs/remotes/hub/main", "HEAD")
    assert _default(registry, remote="hub") == "refs/remotes/hub/main"
    assert _default(registry, remote="backup") == "refs/remotes/backup/main"
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert _default(registry, remote="hub") == "refs/remotes/origin/main"


def test_a_tag_of_the_same_name_is_not_the_branch(registry: Path, git: Git) -> None:
    accepted = git("rev-parse", "HEAD")
    git("branch", "-m", "main")
    git("switch", "-q", "-c", "work")
    proposed = _commit(git, "proposed")
    for tag in ("main", "heads/main", "origin/main"):
        git("tag", tag, proposed)
    found = _default(registry)
    assert found is not None
    assert _target(registry, found) == Target(accepted, "main", 0, "--base")


def test_a_branch_whose_name_only_ends_so_is_another(registry: Path, git: Git) -> None:
    git("branch", "-m", "feature/main")
    assert _default(registry) is None


# --- The base ----------------------------------------------------------------------------------------


def test_the_tip_where_head_is_it_or_contains_it(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    assert _target(registry, "main") == Target(first, "main", 0, "--base")
    git("switch", "-q", "-c", "work")
    _commit(git, "work")
    assert _target(registry, "main") == Target(first, "main", 0, "--base")


def test_else_where_the_two_parted(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "work")
    _commit(git, "work")
    git("switch", "-q", "main")
    _commit(git, "one")
    tip = _commit(git, "two")
    git("switch", "-q", "work")
    assert _target(registry, "main") == Target(first, "main", 2, "--base")
    git("merge", "-q", "--no-edit", "main")
    assert _target(registry, "main") == Target(tip, "main", 0, "--base")


def test_a_target_that_has_taken_all_of_head_is_ahead_of_it(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("branch", "work")
    _commit(git, "one")
    git("switch", "-q", "work")
    assert _target(registry, "main") == Target(first, "main", 1, "--base")


def test_unrelated_histories_have_no_base(registry: Path, git: Git) -> None:
    git("switch", "-q", "--orphan", "other")
    _commit(git, "from nothing")
    with pytest.raises(UsageProblem, match=r"no commit in common.*--base"):
        _target(registry, "main")


def test_a_clone_that_is_too_shallow_says_how_to_mend_it(registry: Path, git: Git, tmp_path: Path) -> None:
    git("switch", "-q", "-c", "work")
    _commit(git, "work")
    git("switch", "-q", "main")
    _commit(git, "one")
    clone = tmp_path / "clone"
    options = ("--quiet", "--depth=1", "--no-single-branch", "--branch=work")
    subprocess.run(["git", "clone", *options, registry.as_uri(), clone], check=True, capture_output=True)
    with pytest.raises(EnvironmentProblem, match="git fetch --unshallow"):
        _target(clone, "origin/main")
    subprocess.run(["git", "-C", clone, "fetch", "--quiet", "--unshallow"], check=True, capture_output=True)
    assert _target(clone, "origin/main").behind == 1
