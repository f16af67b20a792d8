"""Files that are whole, or as they were: written beside their place, then moved into it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from coefgate.core.problems import EnvironmentProblem, UsageProblem

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


@contextmanager
def ready_files(files: Mapping[Path, bytes]) -> Iterator[Callable[[], None]]:
    """Write ``files`` beside their places and give what puts them there.

    Nothing is left behind where it is not called. Raises ``EnvironmentProblem`` where one cannot
    be written, ``UsageProblem`` where something else than a file is in its place.
    """
    with ExitStack() as stack:
        ready = {_place(path): content for path, content in files.items()}
        beside = {path: _ready(path, content, stack) for path, content in ready.items()}

        def put() -> None:
            for path, temporary in beside.items():
                try:
                    temporary.replace(path)
                except OSError as error:
                    raise _refused(path, error) from error

        yield put


def write_file(path: Path, content: bytes) -> None:
    """Write one file in one step: whatever fails, the old one stays."""
    with ready_files({path: content}) as put:
        put()


def _place(path: Path) -> Path:
    """Where the content goes: a link stays a link."""
    place = path.resolve() if path.is_symlink() else path
    if place.exists() and not place.is_file():
        raise UsageProblem(f"{path} is no regular file. Name a file, or - for standard output.")
    return place


def _ready(path: Path, content: bytes, stack: ExitStack) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = written_beside(path, content)
    except OSError as error:
        raise _refused(path, error) from error
    stack.callback(_gone, beside)
    return beside


def _gone(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _refused(path: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{path} cannot be written: {error.strerror}. "
        f"Look at the disk and the folder with: df -h {path.parent} && ls -ld {path.parent}"
    )
