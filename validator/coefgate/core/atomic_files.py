"""Files that are whole, or as they were: written beside their place, then moved into it."""

from __future__ import annotations

import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from coefgate.core.problems import EnvironmentProblem, UsageProblem, explained

TEMPORARY: Final = ".tmp"
"""How the names of files end that are still being written."""

_PAUSES: Final = (0.01, 0.05, 0.2, 0.5) if os.name == "nt" else ()
"""Seconds to wait for a reader: Windows replaces no file that somebody has open."""


@contextmanager
def file_beside(path: Path, data: bytes, *, mode: int | None = None) -> Iterator[Path]:
    """A finished file beside ``path``, to be moved there; else it is gone at the end.

    Nobody else has made it. ``mode``: its permissions, else those that the umask leaves. Raises
    ``OSError``. A process that is killed leaves at most this, whose name ends in ``.tmp``.
    """
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}{TEMPORARY}")
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(beside, new, 0o666 if mode is None else 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 (opened with a mode)
            if mode is not None:
                beside.chmod(mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        with suppress(OSError):
            beside.unlink()


def write_whole(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Give the file ``data`` as its content, or leave it as it was. Raises ``OSError``.

    ``mode``: its permissions, else those that the umask leaves.
    """
    with file_beside(path, data, mode=mode) as beside:
        for pause in _PAUSES:
            with suppress(PermissionError):
                os.replace(beside, path)  # noqa: PTH105 (what tests replace)
                return
            time.sleep(pause)
        os.replace(beside, path)  # noqa: PTH105 (what tests replace)


def write_new(target: Path, content: bytes) -> None:
    """Write ``content`` to ``target``, in a folder that is made if it is missing.

    It is there as a whole or not at all, also after a power cut. Raises ``EnvironmentProblem``,
    and leaves nothing behind, where it cannot be written or is there already.
    """
    with new_file(target, content):
        pass


@contextmanager
def new_file(target: Path, content: bytes = b"") -> Iterator[Path]:
    """A file that begins with ``content``, to be written on; it becomes ``target`` at the end.

    All else as in ``write_new``; an error in between leaves nothing behind.
    """
    folder = target.parent
    is_new = not folder.exists()
    with explained(f"{target} cannot be written", look_at(folder.parent)):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with file_beside(target, content) as temporary:
                yield temporary
                _synchronize(temporary, os.O_RDWR)  # Windows asks for a file that may be written
                _put_in_place(temporary, target)
        except BaseException:
            if is_new:
                with suppress(OSError):
                    folder.rmdir()
            raise
    # A name survives a power cut once its folder is on disk; not every system can say so.
    with suppress(OSError):
        _synchronize(folder, os.O_RDONLY)


def _synchronize(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_in_place(temporary: Path, target: Path) -> None:
    """Unlike a rename, a link fails where something is; some file systems have no links."""
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if isinstance(error, FileExistsError) or target.exists():
            raise EnvironmentProblem(
                f"{target} is there already, and nothing is written over another file. Look at "
                f"it with: ls -l {shlex.quote(str(target))}"
            ) from error
        temporary.rename(target)


@contextmanager
def ready_files(files: Mapping[Path, bytes]) -> Iterator[Callable[[], None]]:
    """Write ``files`` beside their places and give what puts them there; else they are gone.

    Raises ``EnvironmentProblem`` where one cannot be written, ``UsageProblem`` where something
    else than a file is in its place.
    """
    with ExitStack() as stack:
        ready = {_place(path): content for path, content in files.items()}
        beside = {path: _ready(path, content, stack) for path, content in ready.items()}

        def put() -> None:
            for path, temporary in beside.items():
                with _refusal(path):
                    temporary.replace(path)

        yield put


def replace_files(root: Path, files: Mapping[str, tuple[bytes | None, bytes]]) -> None:
    """Write these files below ``root``, each in one step and with the mode that it had.

    ``files``: what each held when it was read, ``None`` where it was not there, and what it is to
    hold. Raises ``EnvironmentProblem``, and leaves every file as it was, where one is no longer
    what was read or cannot be written. A reader never sees half a file.
    """
    with ExitStack() as stack, ExitStack() as back:
        ready = []
        for path, (content, new) in files.items():
            kept, target = content is not None, root / path
            before = None if content is None else _ready(target, content, stack, kept=True)
            ready.append((target, before, _ready(target, new, stack, kept=kept)))
        for path, (content, _) in files.items():
            if _content(root / path) != content:
                raise EnvironmentProblem(
                    f"{path} was changed meanwhile; nothing was written. "
                    "Look at it with: git diff, and run the command again."
                )
        for target, before, after in ready:
            with _refusal(target, kept=True):
                after.replace(target)
            back.callback(partial(before.replace, target) if before else target.unlink)
        back.pop_all()


def _content(path: Path) -> bytes | None:
    """What a file holds, ``None`` where nothing is there; of anything else no file's content."""
    if path.is_file() and not path.is_symlink():
        return path.read_bytes()
    return b"\0" if os.path.lexists(path) else None


def _place(path: Path) -> Path:
    """Where the content goes: a link stays a link."""
    place = path.resolve() if path.is_symlink() else path
    if place.exists() and not place.is_file():
        raise UsageProblem(f"{path} is not a regular file. Name a file, or - for standard output.")
    return place


def _ready(path: Path, content: bytes, stack: ExitStack, *, kept: bool = False) -> Path:
    """The finished file beside ``path``; ``kept``: with the mode of the one that is there."""
    with _refusal(path, kept=kept):
        mode = stat.S_IMODE(path.stat().st_mode) if kept else None
        path.parent.mkdir(parents=True, exist_ok=True)
        return stack.enter_context(file_beside(path, content, mode=mode))


def _refusal(path: Path, *, kept: bool = False) -> AbstractContextManager[None]:
    state = ", and no file was changed" if kept else ""
    return explained(f"{path} cannot be written{state}", look_at(path.parent))


def look_at(folder: Path) -> str:
    """How to see why nothing can be written into ``folder``, which may not be there yet."""
    there = next((one for one in (folder, *folder.parents) if os.path.exists(one)), folder)  # noqa: PTH110 (never raises)
    typed = shlex.quote(str(there))
    return f"Look at the disk and the folder with: df -h {typed} && ls -ld {typed}"
