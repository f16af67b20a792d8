"""Which branch a proposal is on its way to, and the commit that judges it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.base import Base, base_on
from coefgate.git.repository import Repository
from coefgate.git.target_branch import (
    VARIABLES,
    TargetBranch,
    ci_target,
    local_default,
    remote_default,
)

Git = Callable[..., str]


def _default(root: Path, pushed_to: str | None = None) -> TargetBranch | None:
    with Repository(root) as repository:
        return remote_default(repository, pushed_to=pushed_to)


def _local(root: Path) -> TargetBranch | None:
    with Repository(root) as repository:
        return local_default(repository)


def _target(root: Path, revision: str) -> Base:
    with Repository(root) as repository:
        return base_on(repository, repository.commit("HEAD"), TargetBranch(revision, "--base"))


def _found(commit: str, behind: int, tip: str | None = None) -> Base:
    return Base(commit, "main", behind, "--base", tip or commit)


def _commit(git: Git, message: str) -> str:
    git("commit", "-q", "--allow-empty", "-m", message)
    return git("rev-parse", "HEAD")


# --- The default branch


def test_the_nearest_branch_of_a_remote_wins(registry: Path, git: Git) -> None:
    """From the last choice to the first; every new one takes the place of the one before."""
    assert _default(registry) is None
    git("config", "init.defaultBranch", "trunk")
    for ref, by in (
        ("refs/remotes/upstream/trunk", "init.defaultBranch"),
        ("refs/remotes/upstream/master", "master"),
        ("refs/remotes/upstream/main", "main"),
        ("refs/remotes/origin/trunk", "init.defaultBranch"),
        ("refs/remotes/origin/master", "master"),
        ("refs/remotes/origin/main", "main"),
    ):
        git("update-ref", ref, "HEAD")
        assert _default(registry) == TargetBranch(ref, by)
    git("update-ref", "refs/remotes/origin/next", "HEAD")
    assert _default(registry) == TargetBranch("refs/remotes/origin/main", "main")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/next")
    assert _default(registry) == TargetBranch("refs/remotes/origin/next", "origin/HEAD")


def test_the_nearest_branch_here_wins(registry: Path, git: Git) -> None:
    git("branch", "-m", "work")
    assert _local(registry) is None
    git("config", "init.defaultBranch", "trunk")
    for branch, by in (("trunk", "init.defaultBranch"), ("master", "master"), ("main", "main")):
        git("branch", branch)
        assert _local(registry) == TargetBranch(f"refs/heads/{branch}", by)


def test_the_remote_that_is_pushed_to_comes_before_origin(registry: Path, git: Git) -> None:
    for remote in ("backup", "hub"):
        git("update-ref", f"refs/remotes/{remote}/main", "HEAD")
        assert _default(registry, remote) == TargetBranch(f"refs/remotes/{remote}/main", "main")
    for elsewhere in (None, "", "a new one"):
        with pytest.raises(EnvironmentProblem, match=r"remotes backup and hub may .* --base REV$"):
            _default(registry, elsewhere)
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert _default(registry, "hub") == TargetBranch("refs/remotes/hub/main", "main")
    for elsewhere in (None, "", "a new one"):
        assert _default(registry, elsewhere) == TargetBranch("refs/remotes/origin/main", "main")


def test_the_head_of_a_bare_repository_comes_first(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    git("branch", "develop")
    bare = tmp_path / "bare.git"
    git("clone", "--quiet", "--mirror", str(registry), str(bare))
    own = ("git", "-C", bare, "symbolic-ref", "HEAD")
    for branch, by in (("develop", "HEAD"), ("main", "HEAD"), ("gone", "main")):
        subprocess.run([*own, f"refs/heads/{branch}"], check=True)
        expected = "main" if branch == "gone" else branch
        assert _local(bare) == TargetBranch(f"refs/heads/{expected}", by)
    subprocess.run(["git", "-C", bare, "update-ref", "--no-deref", "HEAD", "develop"], check=True)
    assert _local(bare) == TargetBranch("refs/heads/main", "main")


def test_a_tag_of_the_same_name_is_not_the_branch(registry: Path, git: Git) -> None:
    accepted = git("rev-parse", "HEAD")
    git("branch", "-m", "main")
    git("switch", "-q", "-c", "work")
    proposed = _commit(git, "proposed")
    for tag in ("main", "heads/main", "origin/main"):
        git("tag", tag, proposed)
    found = _local(registry)
    assert found is not None
    assert _target(registry, found.ref) == _found(accepted, 0)


def test_a_branch_whose_name_only_ends_so_is_another(registry: Path, git: Git) -> None:
    git("branch", "-m", "feature/main")
    git("config", "init.defaultBranch", "*")
    git("update-ref", "refs/remotes/origin/feature/main", "HEAD")
    git("update-ref", "refs/remotes/origin/other", "HEAD")
    assert (_default(registry), _local(registry)) == (None, None)


# --- The base


def test_the_tip_where_head_is_it_or_contains_it(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    assert _target(registry, "main") == _found(first, 0)
    git("switch", "-q", "-c", "work")
    _commit(git, "work")
    assert _target(registry, "main") == _found(first, 0)


def test_else_where_the_two_parted(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "work")
    _commit(git, "work")
    git("switch", "-q", "main")
    _commit(git, "one")
    tip = _commit(git, "two")
    git("switch", "-q", "work")
    assert _target(registry, "main") == _found(first, 2, tip)
    git("merge", "-q", "--no-edit", "main")
    assert _target(registry, "main") == _found(tip, 0)


def test_a_target_that_has_taken_all_of_head_is_ahead_of_it(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("branch", "work")
    tip = _commit(git, "one")
    git("switch", "-q", "work")
    assert _target(registry, "main") == _found(first, 1, tip)


def test_what_a_merge_brought_in_is_no_accepted_state(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "work")
    inner = _commit(git, "inner")
    outer = _commit(git, "outer")
    git("switch", "-q", "main")
    accepted = _commit(git, "one")
    git("merge", "-q", "--no-ff", "--no-edit", "work")
    merge = git("rev-parse", "HEAD")
    for start, base, behind in (
        (inner, first, 3),
        (outer, first, 2),
        (accepted, accepted, 3),
        (merge, merge, 0),
    ):
        git("checkout", "-q", "--detach", start)
        _commit(git, "proposed")
        assert _target(registry, "main") == _found(base, behind, merge)


def test_clocks_that_were_wrong_move_no_base(
    registry: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        _commit(git, f"accepted {number}")
    fork = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "work")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", "@1000000 +0000")
        for number in range(8):
            _commit(git, f"long ago {number}")
    git("switch", "-q", "main")
    tip = _commit(git, "one more")
    git("switch", "-q", "work")
    assert _target(registry, "main") == _found(fork, 1, tip)


def test_unrelated_histories_have_no_base(registry: Path, git: Git) -> None:
    git("switch", "-q", "--orphan", "other")
    _commit(git, "from nothing")
    with pytest.raises(UsageProblem, match=r"no accepted commit in common.*--base"):
        _target(registry, "main")


def test_a_clone_that_is_too_shallow_says_how_to_mend_it(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    git("switch", "-q", "-c", "work")
    _commit(git, "work")
    git("switch", "-q", "main")
    _commit(git, "one")
    clone = tmp_path / "clone"
    options = ("--quiet", "--depth=1", "--no-single-branch", "--branch=work")
    subprocess.run(
        ["git", "clone", *options, registry.as_uri(), clone], check=True, capture_output=True
    )
    with pytest.raises(EnvironmentProblem, match="git fetch --unshallow"):
        _target(clone, "origin/main")
    subprocess.run(
        ["git", "-C", clone, "fetch", "--quiet", "--unshallow"], check=True, capture_output=True
    )
    assert _target(clone, "origin/main").behind == 1


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_variable_names_a_branch_in_full_or_short(variable: str) -> None:
    for value in ("release/1.x", "refs/heads/release/1.x", " release/1.x\n"):
        assert ci_target({variable: value}) == TargetBranch("release/1.x", variable)


def test_what_is_empty_or_about_something_else_names_nothing() -> None:
    # GitHub sets its variable for every run, and leaves it empty where there is no pull request.
    assert (
        ci_target({"GITHUB_BASE_REF": "", "CIRCLE_BRANCH": "pr", "GITHUB_REF": "refs/heads/pr"})
        is None
    )


def test_the_variable_of_our_own_comes_first() -> None:
    said = {"GITHUB_BASE_REF": "main", "COEFGATE_TARGET_BRANCH": "release"}
    assert ci_target(said) == TargetBranch("release", "COEFGATE_TARGET_BRANCH")
