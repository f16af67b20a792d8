"""What git leaves in a file's place: a pointer of Git LFS, or markers of an unfinished merge."""

from __future__ import annotations

import re
from typing import Final

from coefgate.core.problems import Problem

_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_MARKER: Final = re.compile(rb"^(?:<{7}|\|{7}|>{7})(?: [^\r\n]*)?\r?$|^={7}\r?$", re.MULTILINE)


def git_leftover(content: bytes, file: str, first_line: int = 1) -> Problem | None:
    """What git left in ``content``, which begins in the line ``first_line`` of ``file``.

    It is the one problem of the file, since all others follow from it.
    """
    if first_line == 1 and content.startswith(_POINTER):
        line, code = 1, "git-lfs-pointer"
        found = "is a pointer of Git LFS, not the content that it stands for"
        allowed = "commits are read as well as folders, so a registry's files lie in git itself"
        fix = "Get the content with: git lfs pull"
    elif marker := _MARKER.search(content):
        line, code = first_line + content.count(b"\n", 0, marker.start()), "merge-conflict"
        found = f"holds {marker.group()[:7].decode()}, the marker of a merge conflict"
        allowed = "a merge is finished before its files are read"
        fix = "Finish the merge: keep the lines that are right, and delete every marker."
    else:
        return None
    return Problem(file, line, 1, "", code, found, allowed, fix)
