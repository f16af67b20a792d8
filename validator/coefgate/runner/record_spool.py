"""The folder beside a recorder's file: how many calls were begun, and records that wait.

For the recorder WRITER of a process that lives, ``WRITER.begun`` holds the number of calls that it
has begun, and a lock that is free once it is dead. ``WRITER.jsonl`` is written by it alone;
``WRITER-N.jsonl`` is whole, and may be taken in and deleted by anybody.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import Final

from coefgate.core import file_lock
from coefgate.runner.call_record import CALLS
from coefgate.runner.record_file import RecordRow

BEGUN: Final = ".begun"
RECORDS: Final = ".jsonl"
_NUMBER: Final = Struct("<q")
_NAMES: Final = tuple(one.name for one in CALLS)
_TRIES: Final = 5
_OPEN_FILES_STAY: Final = os.name == "nt"
"""Is nothing renamed or deleted that somebody has open? So Windows has it."""
_BINARY: Final = getattr(os, "O_BINARY", 0)
"""Windows would write other line ends."""
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def spool_folder(path: Path) -> Path:
    """Where the records wait that did not get into the file ``path``, under whatever name."""
    real = Path(os.path.realpath(path)) if path.is_symlink() else path
    return real.with_name(f"{real.name}-spool")


def begun_in(counter: bytes) -> int:
    """The number that such a file holds; 0 where it is damaged."""
    return int(_NUMBER.unpack(counter)[0]) if len(counter) == _NUMBER.size else 0


class BegunCalls:
    """Numbers the calls of one recorder, so that somebody notices the end of its process.

    What was counted outlives the process. Raises ``OSError`` where the folder cannot be written.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        self._path = folder / f"{writer}{BEGUN}"
        # What is free under its name has nobody any more. Windows renames no open file.
        unlocked = self._path if _OPEN_FILES_STAY else folder / f"{writer}.new"
        self._descriptor = _made(unlocked)
        try:
            file_lock.take(self._descriptor)
            os.write(self._descriptor, _NUMBER.pack(0))
            if unlocked != self._path:
                unlocked.rename(self._path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def count(self, number: int) -> None:
        """Call ``number`` begins. Not mapped: a file that others cut would kill the process."""
        with suppress(OSError):
            _write_at_start(self._descriptor, _NUMBER.pack(number))

    def close(self, *, settled: bool) -> None:
        """Let go; ``settled``: all calls are where they belong, so nothing is to be noticed."""
        if _OPEN_FILES_STAY:
            os.close(self._descriptor)
        if settled:
            with suppress(OSError):
                self._path.unlink()
                self._path.parent.rmdir()  # where it holds nothing else
        if not _OPEN_FILES_STAY:
            os.close(self._descriptor)

    def leave(self) -> None:
        """Let go of what a parent process counts."""
        os.close(self._descriptor)


class RecordSpool:
    """The records of one recorder that wait. Raises ``OSError``; used by one thread at a time."""

    def __init__(self, folder: Path, writer: str) -> None:
        self._folder = folder
        self._writer = writer
        self._descriptor: int | None = None
        self._size = 0
        self._whole = 0

    def append(self, row: RecordRow) -> None:
        """Add a record, as a whole or not at all."""
        descriptor = self._descriptor
        if descriptor is None:
            descriptor = self._open()
        elif os.fstat(descriptor).st_nlink == 0:
            descriptor = self._save_deleted(descriptor)
        self._append(descriptor, _encode(dict(zip(_NAMES, row, strict=True))).encode() + b"\n")

    def _open(self) -> int:
        self._descriptor = _made(self._path, flags=os.O_APPEND)
        self._size = os.fstat(self._descriptor).st_size
        return self._descriptor

    def _append(self, descriptor: int, lines: bytes) -> None:
        try:
            written = os.write(descriptor, lines)
        except OSError:
            written = 0
        if written != len(lines):  # a full disk takes a part
            with suppress(OSError):
                os.ftruncate(descriptor, self._size)
            raise OSError("the disk takes no more")
        self._size += written

    def _save_deleted(self, deleted: int) -> int:
        """Somebody deleted the file: write it again, for it holds what is nowhere else."""
        os.lseek(deleted, 0, os.SEEK_SET)
        lines = os.read(deleted, self._size)
        anew = self._open()
        try:
            self._append(anew, lines)
        except OSError:
            os.close(anew)
            self._descriptor, self._size = deleted, len(lines)
            raise
        os.close(deleted)
        return anew

    def set_aside(self) -> None:
        """Begin a new file, so that the records until now may be taken in."""
        if self._descriptor is not None and self._size:
            if os.fstat(self._descriptor).st_nlink == 0:
                self._save_deleted(self._descriptor)
            self._whole += 1
            if _OPEN_FILES_STAY:
                self.close()
            self._path.rename(self._folder / f"{self._writer}-{self._whole}{RECORDS}")
            self.close()

    def close(self) -> None:
        """Let go of its file; who adds a record goes on with it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def whole_files(self) -> list[Path]:
        """The files of this recorder that may be taken in."""
        return sorted(self._folder.glob(f"{self._writer}-*{RECORDS}"))

    @property
    def has_open(self) -> bool:
        """Are there records beside those of whole files?"""
        return self._descriptor is not None

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._writer}{RECORDS}"


def rows_of(content: bytes) -> Iterator[RecordRow]:
    """The records of a whole file of our own."""
    for line in content.splitlines():
        found = json.loads(line)
        yield tuple(found[name] for name in _NAMES)


def _made(path: Path, *, flags: int = os.O_EXCL) -> int:
    """A file that is open to read and write, in a folder that is made where it is missing."""
    for _ in range(_TRIES):
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # another recorder has ended, and the folder with it
            return os.open(path, os.O_RDWR | os.O_CREAT | _BINARY | flags, 0o666)
    raise FileNotFoundError(errno.ENOENT, "it is deleted again and again", str(path.parent))


if sys.platform == "win32":

    def _write_at_start(descriptor: int, content: bytes) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, content)
else:

    def _write_at_start(descriptor: int, content: bytes) -> None:
        os.pwrite(descriptor, content, 0)
