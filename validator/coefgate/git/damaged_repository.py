"""What is wrong with a repository that git does not follow, and what mends it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Final

_NEEDED: Final = ("HEAD", "objects", "refs")
"""Without any of these a folder is no repository for git."""
_SHOWN: Final = 200
"""Characters of a file that is no repository."""


def claims_to_be_one(root: Path) -> bool:
    """Is there a ``.git`` at or above ``root``?

    Where git cannot follow it, it is damaged, or mounted without the rest.
    """
    return _link_or_folder(root) is not None


def damage(root: Path) -> str | None:
    """What is broken about the ``.git`` at or above ``root``, and what mends it, if that can be told."""
    there = _link_or_folder(root)
    if there is None:
        return None
    if there.is_dir():
        lacks = [name for name in _NEEDED if not (there / name).exists()]
        if not lacks:
            return None
        if "objects" in lacks:
            return f"{there} is damaged, it holds no {' and no '.join(lacks)}. Get it again with: git clone"
        return f"{there} is damaged, it holds no {' and no '.join(lacks)}. Make that anew with: git init"
    return (
        f"{there} leads to no repository ({_first_line(there)}): that was moved, or is not "
        "mounted here. Mount it as well, or type where it is now: "
        f"{shlex.join(['git', 'worktree', 'repair', str(there.parent)])}"
    )


def _link_or_folder(root: Path) -> Path | None:
    above = (folder / ".git" for folder in (root.absolute(), *root.absolute().parents))
    return next((there for there in above if os.path.lexists(there)), None)


def _first_line(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").partition("\n")[0][:_SHOWN] or "it is empty"
    except OSError as error:
        return str(error.strerror)
