"""Hooks that are tried in a copy of a repository."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.git import hooks
from coefgate.git.hooks import words_of_refusal
from coefgate.git.repository import Repository
from tests.end_to_end.checkouts import git


def _repository(root: Path, hook: str) -> Path:
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "file.txt").write_text("whole\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    file = root / ".git/hooks/pre-commit"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{hook}\n")
    file.chmod(0o755)
    return root


def _tried(root: Path) -> str | None:
    with Repository(root) as repository:
        return words_of_refusal(repository, "pre-commit", {"file.txt": b"spoiled\n"})


def test_a_hook_that_does_not_end_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_PATIENCE", 2.0)
    started = tmp_path / "started"
    root = _repository(tmp_path / "root", f"sleep 600 &\necho $! > {started}\nwait")
    with pytest.raises(EnvironmentProblem, match="did not end within 2 seconds"):
        _tried(root)
    sleeper = Path("/proc", started.read_text().strip(), "cmdline")
    until = time.monotonic() + 10
    while sleeper.exists() and sleeper.read_bytes() and time.monotonic() < until:
        os.sched_yield()
    assert not sleeper.exists() or not sleeper.read_bytes()


def test_contents_that_git_lfs_keeps_are_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _repository(tmp_path / "root", "echo refused; exit 1")
    (root / ".gitattributes").write_text("*.bin filter=lfs\n")
    (root / "large.bin").write_text("a pointer\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "--no-verify", "-m", "a large file")
    settings = tmp_path / "settings"
    # As git-lfs does where its server cannot be reached.
    smudge = "printenv GIT_LFS_SKIP_SMUDGE && cat"
    settings.write_text(f'[filter "lfs"]\n\trequired = true\n\tclean = cat\n\tsmudge = {smudge}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert "refused" in str(_tried(root))
