"""Files of a registry replaced on disk: all or, as far as one file system lets us, none."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.problems import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class Replacement:
    """The content that a file had when it was read, and the one that it is to have."""

    before: bytes
    after: bytes


def replace_files(root: Path, files: Mapping[str, Replacement]) -> None:
    """Write these files below ``root``, each in one step and with the mode that it had.

    Raises ``EnvironmentProblem``, and leaves every file as it was, where one is no longer what was
    read or cannot be written. A reader never sees half a file.
    """
    with ExitStack() as stack:
        ready = {
            root / path: _written_beside(root / path, one.after, stack)
            for path, one in files.items()
        }
        former = {
            root / path: _written_beside(root / path, one.before, stack)
            for path, one in files.items()
        }
        for path, replacement in files.items():
            if not _unchanged(root / path, replacement.before):
                raise EnvironmentProblem(
                    f"{path} was changed meanwhile; nothing was written. "
                    "Look at it with: git diff, and run the command again."
                )
        with ExitStack() as back:
            for target, temporary in ready.items():
                try:
                    temporary.replace(target)
                except OSError as error:
                    raise _refused(target, error) from error
                back.callback(former[target].replace, target)
            back.pop_all()


def _unchanged(path: Path, before: bytes) -> bool:
    return not path.is_symlink() and path.is_file() and path.read_bytes() == before


def _written_beside(path: Path, content: bytes, stack: ExitStack) -> Path:
    """A finished file in the folder of ``path``, which is gone when ``stack`` ends."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        stack.callback(_gone, name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
            os.fsync(file.fileno())
    except OSError as error:
        raise _refused(path, error) from error
    return Path(name)


def _refused(path: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{path}: cannot be written: {error.strerror}; no file is other than it was. "
        f"Check it with: ls -ld {path.parent}"
    )


def _gone(name: str) -> None:
    with suppress(FileNotFoundError):
        Path(name).unlink()
