"""The folder beside a recorder's file: how many calls were begun, and records that wait.

For the recorder WRITER of a process that lives, ``WRITER.begun`` holds the number of calls that it
has begun, and a lock that is free once it is dead. ``WRITER.jsonl`` is written by it alone;
``WRITER-N.jsonl`` is whole, and may be taken in and deleted by anybody.
"""

from __future__ import annotations

import json
import mmap
import os
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
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def spool_folder(path: Path) -> Path:
    """Where the records wait that did not get into the file ``path``."""
    return path.with_name(f"{path.name}-spool")


class BegunCalls:
    """Numbers the calls of one recorder, so that somebody notices the end of its process.

    What was counted outlives the process. Raises ``OSError`` where the folder cannot be written.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{writer}{BEGUN}"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            file_lock.take(self._descriptor)
            os.write(self._descriptor, _NUMBER.pack(0))
            self._counted = mmap.mmap(self._descriptor, _NUMBER.size)
        except BaseException:
            os.close(self._descriptor)
            raise

    def count(self, number: int) -> None:
        """Call ``number`` begins."""
        _NUMBER.pack_into(self._counted, 0, number)

    def close(self, *, settled: bool) -> None:
        """Let go; ``settled``: all calls are where they belong, so nothing is to be noticed."""
        self._counted.close()
        if settled:
            with suppress(OSError):
                self._path.unlink()
                self._path.parent.rmdir()  # where it holds nothing else
        os.close(self._descriptor)

    def leave(self) -> None:
        """Let go of what a parent process counts."""
        self._counted.close()
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
        if self._descriptor is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._descriptor = os.open(self._path, flags, 0o666)
            self._size = os.fstat(self._descriptor).st_size
        line = _encode(dict(zip(_NAMES, row, strict=True))).encode() + b"\n"
        try:
            written = os.write(self._descriptor, line)
        except OSError:
            written = 0
        if written != len(line):  # a full disk takes a part
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise OSError("the disk takes no more")
        self._size += written

    def set_aside(self) -> None:
        """Begin a new file, so that the records until now may be taken in."""
        if self._descriptor is not None and self._size:
            self._whole += 1
            self._path.rename(self._folder / f"{self._writer}-{self._whole}{RECORDS}")
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
