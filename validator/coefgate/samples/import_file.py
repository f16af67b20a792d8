"""A new file, written whole or not at all, that never takes the place of another."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from coefgate.core.problems import EnvironmentProblem


def write_new(target: Path, content: bytes) -> None:
    """Write ``content`` to ``target``, in a folder that is made if it is missing.

    Whoever looks sees the whole file or none, also after a power cut. Raises
    ``EnvironmentProblem``, and leaves nothing behind, where it cannot be written or is there
    already.
    """
    folder = target.parent
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write(target, content)
        except BaseException:
            if is_new:
                with suppress(OSError):
                    folder.rmdir()
            raise
    except FileExistsError as error:
        raise EnvironmentProblem(
            f"{target} is there already, and an import is never written over another. Look at it "
            f"with: ls -l {target}"
        ) from error
    except OSError as error:
        raise EnvironmentProblem(
            f"{target} cannot be written: {error.strerror}. Check disk and permissions with: "
            f"df -h {folder.parent} && ls -ld {folder.parent}"
        ) from error


def _write(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    _keep_name(target.parent)


def _put_in_place(temporary: Path, target: Path) -> None:
    """Unlike a rename, a link fails where something is there already; some file systems have no links."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError from None
        temporary.rename(target)


def _keep_name(folder: Path) -> None:
    """A name survives a power cut once its folder is on disk; not every system can say so."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
