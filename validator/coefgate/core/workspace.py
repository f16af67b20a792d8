"""A folder of files that a call may modify: which are there, and how large they are."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from stat import S_ISREG


class Workspace:
    """The files below ``folder``, each looked up once: make one for each estimate.

    Raises ``ValueError`` where there is no such folder.
    """

    __slots__ = ("_folder", "_found")

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = os.fspath(folder)
        self._found: dict[str, os.stat_result | None] = {}
        if not os.path.isdir(self._folder):  # noqa: PTH112 (a runner asks for every call)
            raise ValueError(f"the workspace {self._folder!r} is not a folder")

    def exists(self, path: str) -> bool:
        """Is something there? ``path``: relative to the folder, with ``/``."""
        return self._look_up(path) is not None

    def size(self, path: str) -> int | None:
        """The bytes of the file there; ``None`` where there is none, or no regular one."""
        found = self._look_up(path)
        return found.st_size if found is not None and S_ISREG(found.st_mode) else None

    def _look_up(self, path: str) -> os.stat_result | None:
        """What the system says of a path; nothing of one that leads out of the folder."""
        if path not in self._found:
            self._found[path] = None if _leads_out(path) else _stat(f"{self._folder}/{path}")
        return self._found[path]


def _leads_out(path: str) -> bool:
    return ".." in PurePosixPath(path).parts or os.path.isabs(path)  # noqa: PTH117 (as above)


def _stat(place: str) -> os.stat_result | None:
    try:
        return os.stat(place)  # noqa: PTH116 (as above)
    except (OSError, ValueError):  # not there, not to be seen, or no name at all
        return None
