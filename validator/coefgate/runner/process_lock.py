"""A lock between processes and threads: one holder, a bounded wait, free when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from coefgate.core.problems import EnvironmentProblem

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _give_back(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give_back(descriptor: int) -> None:
        # Not by closing alone: a process that was forked meanwhile holds the same open file.
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_PAUSE: Final = 0.02
_TAKEN: Final = (BlockingIOError, PermissionError)
"""What systems answer when somebody else has it."""


@contextmanager
def locked(path: Path, *, wait: float) -> Iterator[None]:
    """Hold the lock that the file ``path`` stands for; who holds it already must not ask again.

    ``wait``: seconds to wait for another holder. Raises ``EnvironmentProblem`` when they are over,
    and ``OSError`` where the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _acquire(descriptor, path, time.monotonic() + wait)
        try:
            yield
        finally:
            _give_back(descriptor)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, end: float) -> None:
    while True:
        try:
            return _take(descriptor)
        except _TAKEN:
            if time.monotonic() >= end:
                raise EnvironmentProblem(
                    f"another process holds {path} and does not let it go. "
                    "Wait for it, or use another cache with: export COEFGATE_CACHE=FOLDER"
                ) from None
        time.sleep(_PAUSE)
