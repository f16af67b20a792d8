"""Foreign files as streams of lines: folders, gzip, standard input, huge and live files."""

from __future__ import annotations

import gzip
import re
import shlex
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase
from io import BufferedReader, BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final, cast

from coefgate.core.problems import UsageProblem, explained
from coefgate.samples.foreign.json_lines import foreign_json
from coefgate.samples.foreign.multiline_json import begins_multiline_json, json_pieces
from coefgate.samples.foreign.skipped import Skipped
from coefgate.samples.line_source import standard_input

LONGEST_RECORD: Final = 16 << 20
"""Bytes of the longest line that is read as a record; a longer one is counted and passed by."""
STANDARD_INPUT: Final = "-"

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_LENGTH: Final = 4
_BEGINS_A_MESSAGE: Final = (b"\n", b"{")  # the first field of a protobuf message, or JSON
_HEAD: Final = _LENGTH + len(_ZSTD)
_UTF_8_BOM: Final = b"\xef\xbb\xbf"
_UTF_16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_SPELT_PATH: Final = re.compile(r"(?:-|[A-Za-z]--)(?:.*-)?([^-/]+)")


class ForeignSource:
    """One foreign file, gone through once; it counts what is read and what is left out.

    ``name``: how references call it. ``passed_over``: lines that tell of no call, by kind.
    ``unreadable``: records that could not be read, by reason (``skip_reasons`` has their words).
    ``doubted``: facts of calls that could not be understood, so that they are not known, by what
    the source calls them. ``notes``: sentences on how it was read.
    """

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self.name = name
        self.count = self.size = 0
        self.passed_over: Counter[str] = Counter()
        self.unreadable: defaultdict[str, Skipped] = defaultdict(Skipped)
        self.doubted: defaultdict[str, Skipped] = defaultdict(Skipped)
        self.notes: list[str] = []
        self._stream = stream

    def skip(self, line: int, reason: str, tokens: int = 0) -> None:
        """Count the record at ``line`` as left out for ``reason``."""
        self.unreadable[reason].note(f"{self.name}:{line}", tokens)

    def doubt(self, line: int, fact: str) -> None:
        """Count the ``fact`` of the record at ``line`` as not understood."""
        self.doubted[fact].note(f"{self.name}:{line}")

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines with their numbers, from 1, without a byte order mark; too long ones counted."""
        reader = self._stream
        whole = True
        try:
            while piece := reader.readline(LONGEST_RECORD):
                self.size += len(piece)
                first, whole = whole, piece.endswith(b"\n")
                if not first:
                    continue
                self.count += 1
                if len(piece) == LONGEST_RECORD and not whole:
                    self.skip(self.count, "too-long")
                    continue
                if self.count == 1:
                    if piece.startswith(_UTF_16_BOMS):
                        self.skip(1, "utf-16")
                        return
                    piece = piece.removeprefix(_UTF_8_BOM)
                yield self.count, piece
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.skip(self.count + 1, "damaged-gzip")

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The JSON objects of a file, and those of its lists, with the line that they begin in.

        One a line; where the first line is no JSON but begins an object or a list of them, each
        stretches over as many as it takes. What else there is is counted, empty lines are passed
        by. A last line without a line end that is no JSON is one that is being written.
        """
        for number, line in self._pieces():
            if line is None:
                self.skip(number, "too-long")
                continue
            try:
                found = foreign_json(line)
            except ValueError:
                if line.strip():
                    self.skip(number, _why_no_json(line))
                continue
            for fields in found if type(found) is list else (found,):
                if type(fields) is dict:
                    yield number, fields
                else:
                    self.skip(number, "no-object")

    def _pieces(self) -> Iterator[tuple[int, bytes | None]]:
        """Lines, or what stands in the place of them where an object takes several."""
        lines = self.lines()
        for number, line in lines:
            if line.strip() and begins_multiline_json(line) and not _is_json(line):
                yield from json_pieces(chain([(number, line)], lines), LONGEST_RECORD)
                return
            yield number, line
            if line.strip():
                break
        yield from lines


def _is_json(line: bytes) -> bool:
    try:
        foreign_json(line)
    except ValueError:
        return False
    return True


def _why_no_json(line: bytes) -> str:
    if b"\0" in line:
        return "binary"
    return "no-json" if line.endswith(b"\n") else "cut-off"


def foreign_files(places: Sequence[str], patterns: Sequence[str]) -> list[tuple[str, Path | None]]:
    """The files that ``places`` mean, each once, with the name that references give them.

    A folder means the files below it whose names fit one of ``patterns``, or the same with ``.gz``
    or ``.zst`` (those are counted, not read), in order, its own before those of folders in it: of
    what is told twice the first counts. Links to folders are not followed. ``-`` is standard
    input, without a path. A name is that of the file alone where no other has it, since folders
    may tell whose they are.
    Raises ``UsageProblem`` for a place where nothing is.
    """
    found: dict[object, tuple[str, Path | None]] = {}
    for place in places:
        if place == STANDARD_INPUT:
            found.setdefault(place, ("standard-input", None))
            continue
        path = Path(place)
        if not place:
            raise UsageProblem(
                "a SRC is empty. Name files or folders of records; the current folder is . alone."
            )
        if path.is_dir():
            for file in _below(path, patterns):
                name = "/".join(map(_last_word, file.relative_to(path).parts))
                found.setdefault(file.resolve(), (name, file))
        elif path.is_file():
            found.setdefault(path.resolve(), (path.name, path))
        else:
            what = "is not a file or folder" if path.exists() else "is not there"
            raise UsageProblem(
                f"{place} {what}. Name files or folders of records, or - for a pipe."
            )
    alone = Counter(name.rpartition("/")[2] for name, _ in found.values())
    return [
        (short if alone[short := name.rpartition("/")[2]] == 1 else name, file)
        for name, file in found.values()
    ]


def _last_word(name: str) -> str:
    """What is left of a folder that spells an absolute path, as in ``-home-ann-x``."""
    spelt = _SPELT_PATH.fullmatch(name)
    return spelt[1] if spelt else name


def _below(folder: Path, patterns: Sequence[str]) -> Iterator[Path]:
    with explained(
        f"{folder}: cannot be read", f"Check it with: ls -ld {shlex.quote(str(folder))}"
    ):
        inside = sorted(folder.iterdir(), key=lambda one: (one.is_dir(), one.name))
    for one in inside:
        if one.is_dir():
            if not one.is_symlink():
                yield from _below(one, patterns)
        elif one.is_file() and any(
            fnmatchcase(one.name.removesuffix(".gz").removesuffix(".zst"), glob)
            for glob in patterns
        ):
            yield one


@contextmanager
def opened(name: str, file: Path | None) -> Iterator[ForeignSource]:
    """The source that reads ``file``, or standard input, unpacked if it is gzip.

    A live file is read as far as it is written. Raises ``EnvironmentProblem`` where it cannot be
    read.
    """
    look = f"Check it with: ls -l {shlex.quote(str(file))}"
    with explained(f"{file or name}: cannot be read", look), ExitStack() as stack:
        stream = standard_input() if file is None else stack.enter_context(file.open("rb"))
        reader = cast("BufferedReader", stream)
        head = reader.peek(_HEAD)[:_HEAD]
        if head.startswith(_GZIP):
            yield ForeignSource(name, cast("IO[bytes]", stack.enter_context(gzip.open(reader))))
        elif reason := _packed(head):
            source = ForeignSource(name, BytesIO())
            source.skip(1, reason)
            yield source
        else:
            yield ForeignSource(name, reader)


def _packed(head: bytes) -> str | None:
    """How a file with this head is packed, so that it holds no lines; ``None``: it may hold some.

    Where the length of a record stands first, its four bytes begin with 0, and so no text does.
    """
    if head.startswith(_ZSTD):
        return "zstd"
    packed = head[_LENGTH:].startswith((*_BEGINS_A_MESSAGE, _ZSTD, _GZIP))
    return "length-first" if head.startswith(b"\0") and packed else None
