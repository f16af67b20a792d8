"""Which repository a folder belongs to, what is wrong where git finds none, and what mends it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from coefgate.core.characters import visible
from coefgate.core.credentials import scrubbed
from coefgate.core.git_process import (
    IN_A_REPOSITORY,
    Git,
    NoRepository,
    reason_and_remedy,
    without_git,
)
from coefgate.core.problems import EnvironmentProblem
from coefgate.core.trees import is_bare

_NEEDED: Final = ("HEAD", "objects", "refs")
"""Without any of these a folder is no repository for git."""
_OBJECTS: Final = "GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH"
"""Where objects lie; of use only in a hook on what is being received, which git keeps apart."""
_OWN: Final = {
    "LC_ALL": "C",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}
_SHOWN: Final = 200
"""Characters of a file that is no repository."""


def environment_here() -> dict[str, str]:
    """The variables for git. Inside a hook they name a repository; here the folder comes first."""
    received = _OBJECTS.split() if "GIT_QUARANTINE_PATH" in os.environ else ()
    return without_git(os.environ, but_for=(*IN_A_REPOSITORY, *received)) | _OWN


def dot_git(root: Path) -> Path | None:
    """The ``.git`` at or above ``root``: where git cannot follow it, it is damaged or moved."""
    above = (folder / ".git" for folder in (root.absolute(), *root.absolute().parents))
    return next((there for there in above if os.path.lexists(there)), None)


def layout(git: Git, environment: Mapping[str, str]) -> dict[str, str]:
    """``GIT_DIR`` and ``GIT_WORK_TREE``, if they name git's folder: inside a hook they do not."""
    if not (named := environment.get("GIT_DIR")):
        return {}
    git_dir = Path(named).absolute()
    files = environment.get("GIT_WORK_TREE")
    top = Path(files).absolute() if files else _configured(git, git_dir)
    here = git.folder.resolve()
    if top is None or top.resolve() not in (here, *here.parents):
        return {}
    return {"GIT_DIR": str(git_dir), "GIT_WORK_TREE": str(top)}


def _configured(git: Git, git_dir: Path) -> Path | None:
    try:
        found = git.run(f"--git-dir={git_dir}", "config", "--get", "core.worktree").rstrip(b"\n")
    except EnvironmentProblem:
        return None
    return git_dir / os.fsdecode(found) if found else None


def may_be_bare(root: Path) -> bool:
    """Is this a bare repository by itself, or one that ``GIT_DIR`` names?

    Inside another repository it may be somebody's file: git's ``safe.bareRepository`` decides.
    """
    if not is_bare(root):
        return False
    named, here = os.environ.get("GIT_DIR"), root.resolve()
    return bool(named and Path(named).resolve() == here) or dot_git(here) is None


def git_problem(root: Path, arguments: tuple[str, ...], words: str) -> EnvironmentProblem:
    """What is to be told where git, with these arguments, ended in ``root`` with these words."""
    is_none = "not a git repository" in words
    if is_none and dot_git(root) is None:
        mended = "Make it one with: git init"
        if named := os.environ.get("GIT_DIR"):
            mended = (
                f"If the one that GIT_DIR names ({named}) is another one, type: unset GIT_DIR; if "
                "it is for this folder, say where its files begin with: export "
                f"GIT_WORK_TREE={shlex.quote(str(root))}"
            )
        return NoRepository(f"{root} is not in a git repository. {mended}")
    if "safe.bareRepository" in words:
        return EnvironmentProblem(
            f"{root} is a bare repository inside another one, and git's setting "
            "safe.bareRepository requires it to be named. Name it with:\nexport "
            f"GIT_DIR={shlex.quote(str(root.resolve()))}"
        )
    reason, command = reason_and_remedy(words)
    # A server's words are among them, and could steer a terminal.
    reason = "\n".join(map(visible, reason.expandtabs().split("\n")))
    mended = f"Try it by hand: {shlex.join(['git', *arguments])}"
    if command is not None:
        mended = f"Git says how to fix it:\n{visible(command)}"
    elif is_none or "gitfile" in words:
        mended = _damage(root) or mended
    told = f"git {arguments[0]} failed in {root}: {reason or 'no message'}. {mended}"
    return EnvironmentProblem(scrubbed(told))


def _damage(root: Path) -> str | None:
    """What is broken about the ``.git`` at or above ``root`` and mends it, if that can be told."""
    if (there := dot_git(root)) is None:
        return None
    if there.is_dir():
        lacks = [name for name in _NEEDED if not (there / name).exists()]
        mend = "Get it again with: git clone"
        mended = mend if "objects" in lacks else "Make it again with: git init"
        found = f"{there} is damaged, it holds no {' and no '.join(lacks)}. {mended}"
        return found if lacks else None
    return (
        f"{there} does not lead to a repository ({_first_line(there)}): that was moved, or is not "
        "mounted here. Mount it as well, or type where it is now: "
        f"{shlex.join(['git', 'worktree', 'repair', str(there.parent)])}"
    )


def _first_line(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").partition("\n")[0][:_SHOWN] or "it is empty"
    except OSError as error:
        return str(error.strerror)
