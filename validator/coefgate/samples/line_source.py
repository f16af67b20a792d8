"""Lines that are gone through more than once: those of a file, and of a stream, which is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from coefgate.core.problems import UsageProblem, explained
from coefgate.core.trees import FolderTree
from coefgate.samples.lines import LONGEST_LINE

STDIN: Final = "<stdin>"
"""What standard input is called instead of a file."""


def standard_input() -> BinaryIO:
    """The bytes of standard input. Raises ``UsageProblem`` where nothing is connected to it."""
    if sys.stdin is None:
        raise UsageProblem("standard input is closed: nothing can be read from -. Name a file.")
    return sys.stdin.buffer


@dataclass(frozen=True, slots=True)
class LinesOf:
    """The lines of a file, streamed anew each time that they are gone through."""

    file: Path

    def __iter__(self) -> Iterator[bytes]:
        return FolderTree(self.file.parent).lines(self.file.name, LONGEST_LINE)


@dataclass(frozen=True, slots=True)
class _LinesOfStream:
    stream: BinaryIO

    def __iter__(self) -> Iterator[bytes]:
        self.stream.seek(0)
        while line := self.stream.readline(LONGEST_LINE):
            yield line


@contextmanager
def kept(stream: BinaryIO) -> Iterator[_LinesOfStream]:
    """What ``stream`` holds to its end, as lines: kept on disk as long as the block runs."""
    look = "Look for room with: df -h ${TMPDIR:-/tmp}"
    with TemporaryFile() as file:
        with explained(f"{STDIN} cannot be kept while it is read", look):
            copyfileobj(stream, file)
        yield _LinesOfStream(file)
