"""What a clone knows of its remotes, what it asks them, and the commands that fetch from them."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.git.remotes import (
    branches,
    configured_as,
    fetch_branch,
    fetch_branches,
    names,
    tracks,
)
from coefgate.git.repository import Repository

Git = Callable[..., str]


def test_origin_comes_first_and_only_what_was_fetched_is_here(registry: Path, git: Git) -> None:
    with Repository(registry) as repository:
        assert names(repository) == ()
        for name in ("backup", "origin", "zeta"):
            git("remote", "add", name, str(registry))
        git("update-ref", "refs/remotes/zeta/topic", "HEAD")
        assert names(repository) == ("origin", "backup", "zeta")
        assert [tracks(repository, name) for name in names(repository)] == [False, False, True]


def test_a_remote_is_asked_for_its_branches(registry: Path, git: Git, tmp_path: Path) -> None:
    empty = tmp_path / "empty.git"
    subprocess.run(["git", "init", "--quiet", "--bare", empty], check=True)
    git("remote", "add", "origin", registry.as_uri())
    with Repository(registry) as repository:
        git("branch", "feature/one")
        assert branches(repository, "origin") == {"main", "feature/one"}
        assert branches(repository, str(empty)) == frozenset()
        with pytest.raises(EnvironmentProblem, match="ls-remote"):
            branches(repository, str(tmp_path / "nowhere"))
        with pytest.raises(EnvironmentProblem):
            branches(repository, "--upload-pack=touch pwned")
    assert not (registry / "pwned").exists()


def test_what_to_type_is_safe_for_a_shell_and_deepens_only_what_is_shallow(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    with Repository(registry) as repository:
        assert fetch_branch(repository, "origin", "main") == (
            "git fetch origin +refs/heads/main:refs/remotes/origin/main"
        )
        hostile = fetch_branch(repository, "origin", "a; b $(c)")
        assert shlex.split(hostile)[-1] == "+refs/heads/a; b $(c):refs/remotes/origin/a; b $(c)"
    git("commit", "--quiet", "--allow-empty", "-m", "second")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", registry.as_uri(), clone], check=True)
    with Repository(clone) as repository:
        assert fetch_branches(repository, "origin") == (
            "git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*' "
            "&& git remote set-head origin --auto"
        )


def test_an_address_is_the_remote_that_has_it(registry: Path, git: Git) -> None:
    git("remote", "add", "origin", "https://example.org/fork")
    git("remote", "add", "upstream", "https://example.org/there")
    git("remote", "set-url", "--push", "upstream", "ssh://git@example.org/there")
    with Repository(registry) as repository:
        for address in ("upstream", "https://example.org/there", "ssh://git@example.org/there"):
            assert configured_as(repository, address) == "upstream"
        assert configured_as(repository, "https://example.org") == "https://example.org"


def test_an_address_that_is_no_remote_becomes_one_of_another_name(
    registry: Path, git: Git
) -> None:
    with Repository(registry) as repository:
        for name in ("origin", "upstream", "upstream-2", "upstream-3"):
            command = shlex.split(fetch_branches(repository, "../a $(b)"))
            assert command[:5] == ["git", "remote", "add", name, "../a $(b)"]
            assert command[-4:] == ["remote", "set-head", name, "--auto"]
            git("remote", "add", name, "../a $(b)")
