"""A lock that stands for a file: between processes, and free when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from coefgate.core.problems import EnvironmentProblem

_PAUSE: Final = 0.02

if sys.platform == "win32":
    import msvcrt

    # Nobody else can read what is locked: so it is a byte that no such file reaches, but one below
    # 2 GiB, for positions in C are no larger there.
    _BEYOND: Final = (1 << 31) - 2

    def _locking(descriptor: int, how: int) -> None:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, how, 1)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)

    def _take(descriptor: int) -> None:
        _locking(descriptor, msvcrt.LK_NBLCK)

    def give_back(descriptor: int) -> None:
        """Let go of the lock."""
        _locking(descriptor, msvcrt.LK_UNLCK)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def give_back(descriptor: int) -> None:
        """Let go of the lock."""
        # Not by closing alone: a process that was forked meanwhile holds the same open file.
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def take(descriptor: int) -> bool:
    """Take the lock of an open file, without waiting; ``False``: somebody else has it."""
    try:
        _take(descriptor)
    except (BlockingIOError, PermissionError):  # as systems say that somebody has it
        return False
    return True


@contextmanager
def held(path: Path, *, wait: float, remedy: str, keep: bool = True) -> Iterator[None]:
    """Hold the lock that the file stands for, after at most ``wait`` seconds; not twice.

    ``keep``: the file stays; else its holder removes it, where a system removes what is open.
    Raises ``EnvironmentProblem``, which ends with ``remedy``, where another process keeps it.
    """
    end = time.monotonic() + wait
    while (descriptor := _taken(path)) is None:
        if time.monotonic() >= end:
            why = f"another process holds {path} and does not release it. Wait for it"
            raise EnvironmentProblem(f"{why}. {remedy}")
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        if not keep:
            with suppress(OSError):
                path.unlink()
        give_back(descriptor)
        os.close(descriptor)


def _taken(path: Path) -> int | None:
    """The open file with its lock; ``None`` where another has it, or has removed it meanwhile."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if take(descriptor):
            if _stands_at(path, descriptor):
                return descriptor
            give_back(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _stands_at(path: Path, descriptor: int) -> bool:
    """Is it the open file that is there? Whoever locks another one locks nobody out."""
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False
