"""Where git's own environment is heeded: for a repository that is laid out apart, and for a bare one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from coefgate.core.git_program import IN_A_REPOSITORY, without_git
from coefgate.core.trees import is_bare
from coefgate.git.damaged_repository import claims_to_be_one


def layout(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """``GIT_DIR`` and ``GIT_WORK_TREE`` where they say that ``root`` belongs to a repository elsewhere.

    ``GIT_DIR`` alone does so where its setting ``core.worktree`` does; inside a hook it names
    another one.
    """
    named = environment.get("GIT_DIR")
    if not named:
        return {}
    git_dir = Path(named).absolute()
    files = environment.get("GIT_WORK_TREE")
    top = Path(files).absolute() if files else _configured(git_dir)
    here = root.resolve()
    if top is None or top.resolve() not in (here, *here.parents):
        return {}
    return {"GIT_DIR": str(git_dir), "GIT_WORK_TREE": str(top)}


def _configured(git_dir: Path) -> Path | None:
    done = subprocess.run(
        ["git", "--git-dir", str(git_dir), "config", "--get", "core.worktree"],
        env=without_git(os.environ, but_for=IN_A_REPOSITORY),
        capture_output=True,
        check=False,
    )
    found = os.fsdecode(done.stdout.rstrip(b"\n"))
    return git_dir / found if found else None


def may_be_bare(root: Path) -> bool:
    """Is this a bare repository by itself, or one that ``GIT_DIR`` names?

    In the folder of another repository it may be somebody's file: git's ``safe.bareRepository``
    decides.
    """
    if not is_bare(root):
        return False
    named = os.environ.get("GIT_DIR")
    return bool(named and Path(named).resolve() == root.resolve()) or not claims_to_be_one(
        root.resolve()
    )
