"""Files that are there whole, or as they were before: written beside their place, then moved into it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

TEMPORARY: Final = ".tmp"
"""How the names of files end that are still being written."""


def write_whole(path: Path, data: bytes) -> None:
    """Give the file ``data`` as its content, or leave it as it was. Raises ``OSError``.

    A process that is killed on the way leaves the old file, and at most a stray one that ends in
    ``.tmp``.
    """
    beside = written_beside(path, data)
    try:
        os.replace(beside, path)  # noqa: PTH105 (what tests take the place of)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def written_beside(path: Path, data: bytes) -> Path:
    """A finished file in the folder of ``path``, which nobody else has made. Raises ``OSError``.

    It is the caller's to move or to take away; where it cannot be finished, nothing is left.
    """
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}{TEMPORARY}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 (opened with a mode that the umask narrows)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    return beside
