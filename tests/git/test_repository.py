"""What names a commit, and what is told where there is none, or no repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.repository import Repository
from tests.git.conftest import Git


@pytest.mark.parametrize(
    "revision", ["no-such-branch", "--all", "-h", "", "HEAD:coefficients", "a\0b", "HEAD~99"]
)
def test_what_names_no_commit_is_refused_with_a_remedy(
    registry: Path, git: Git, revision: str
) -> None:
    with (
        Repository(registry) as repository,
        pytest.raises(UsageProblem, match=r"git log|Name a commit"),
    ):
        repository.commit(revision)


def test_outside_git(tmp_path: Path) -> None:
    with pytest.raises(NoRepository, match="git init"):
        Repository(tmp_path)


def test_without_git(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(registry))
    with pytest.raises(NoRepository, match="git is not installed"):
        Repository(registry)


def test_a_lost_object_is_an_error_of_the_environment(registry: Path, git: Git) -> None:
    with Repository(registry) as repository, pytest.raises(EnvironmentProblem, match="git fsck"):
        repository.blob("0" * 40)


def test_words_of_a_server_cannot_steer_a_terminal(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    git("init", "-q", "--bare", str(tmp_path / "server.git"))
    hook = tmp_path / "server.git/hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nprintf 'no\\033[31m\\033]0;x\\007' >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    with Repository(registry) as repository, pytest.raises(EnvironmentProblem) as refused:
        repository.git("push", str(tmp_path / "server.git"), "HEAD:refs/heads/main")
    assert "remote: no" in str(refused.value)
    assert not {"\x1b", "\x07"} & set(str(refused.value))
