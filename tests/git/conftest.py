"""A small valid registry in a scratch git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.frozen_registry import BY_HAND

Git = Callable[..., str]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """Coefficients without samples, in a folder of its own."""
    root = tmp_path / "registry"
    root.mkdir()
    shutil.copytree(BY_HAND / "coefficients", root / "coefficients")
    return root


@pytest.fixture
def git(registry: Path) -> Git:
    """Run git in the registry, which becomes a repository with one commit."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(registry.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "A Tester"), ("EMAIL", "tester@example.org"))
        },
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=registry,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-qm", "first")
    return run
