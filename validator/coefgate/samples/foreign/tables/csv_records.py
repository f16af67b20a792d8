"""CSV as records: separators, quotes across lines, rows that do not fit."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from coefgate.samples.foreign.source import LONGEST_RECORD, ForeignSource

_SEPARATORS: Final = (",", ";", "\t", "|")
_STATED_SEPARATOR: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_UNDECODED: Final = re.compile("[\ud800-\udfff]")
_PER_LINE: Final = 100
"""Bytes that a kept line takes beside its characters."""
_READ_AGAIN: Final = (100_000, 10)
"""Lines that may be read again: so many, and so many for each line of the file."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file: the names of its columns, those that several have, and its records by line."""

    columns: tuple[str, ...]
    repeated: frozenset[str]
    records: Iterator[tuple[int, dict[str, str]]]


def csv_table(source: ForeignSource) -> CsvTable:
    """The table in ``source``: the first line that holds anything names its columns.

    A record has the line that it begins in, and no columns whose name another has. One that does
    not fit the columns, is not UTF-8 or never ends is counted, and what follows is read on.
    """
    # The limit is one for the whole process; a column that holds a reply needs more than usual.
    csv.field_size_limit(LONGEST_RECORD)
    lines = _Lines(source)
    rows = _rows(lines, _separator(lines))
    header = next(rows, _CsvRow(0, [], several=False, whole=True))
    if not header.whole:
        source.skip(header.line, "no-csv")
        return CsvTable((), frozenset(), iter(()))
    names = [name.strip() for name in header.cells]
    counted = Counter(names)
    columns = tuple(name for name in names if name and counted[name] == 1)
    repeated = frozenset(name for name, times in counted.items() if name and times > 1)
    return CsvTable(columns, repeated, _records(source, lines, rows, names, frozenset(columns)))


class _Lines:
    """Lines as texts; those of the record at hand are kept, so that they can be read again."""

    def __init__(self, source: ForeignSource) -> None:
        self._source = source
        self._lines = source.lines()
        self._again: deque[tuple[int, str]] = deque()
        self._read_again = self._size = 0
        self.taken: list[tuple[int, str]] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            number, text = self._again.popleft()
        else:
            try:
                number, line = next(self._lines)
            except StopIteration:
                self.ended = True
                raise
            text = line.decode("utf-8", "surrogateescape")
        self.taken.append((number, text))
        self._size += len(text) + _PER_LINE
        if len(self.taken) > 1 and self._size > LONGEST_RECORD:
            raise csv.Error
        return text

    def begin(self) -> None:
        """A record begins."""
        self.taken, self._size, self.ended = [], 0, False

    def put_back(self, start: int) -> None:
        """Read the lines of the record from ``start`` on anew, unless that was done too often."""
        self._read_again += len(self.taken)
        some, for_each = _READ_AGAIN
        if self._read_again <= some + for_each * self._source.count:
            self._again.extendleft(reversed(self.taken[start:]))


class _CsvRow(NamedTuple):
    """The cells of a record; ``whole``: its quotes are closed, and the file goes on behind it."""

    line: int
    cells: list[str]
    several: bool
    whole: bool


def _separator(lines: _Lines) -> str:
    """What stands between cells: as a first line ``sep=;`` says, else what makes most of them."""
    for text in lines:
        if stated := _STATED_SEPARATOR.fullmatch(text):
            return stated[1]
        if text.strip():
            lines.put_back(0)
            return max(_SEPARATORS, key=lambda one: _width(text, one))
        lines.begin()
    return ","


def _width(text: str, separator: str) -> int:
    try:
        return len(next(csv.reader([text], delimiter=separator)))
    except csv.Error:
        return 0


def _rows(lines: _Lines, separator: str) -> Iterator[_CsvRow]:
    reader = csv.reader(lines, delimiter=separator)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        whole = bool(cells) and not lines.ended
        blank = all(not text.strip() for _, text in lines.taken)
        if not blank:
            yield _CsvRow(lines.taken[0][0], cells, len(lines.taken) > 1, whole)


def _records(
    source: ForeignSource,
    lines: _Lines,
    rows: Iterator[_CsvRow],
    names: list[str],
    kept: frozenset[str],
) -> Iterator[tuple[int, dict[str, str]]]:
    width = len(names)
    for row in rows:
        cells = row.cells
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        fits = row.whole and len(cells) == width
        if fits and not any(map(str.strip, cells)):
            source.passed_over["empty rows"] += 1
        elif not fits and row.several:
            # A quote that opens by mistake swallows the lines behind it.
            source.skip(row.line, "open-quote")
            lines.put_back(1)
        elif not lines.taken[-1][1].endswith("\n"):
            # A number may be the beginning of a larger one.
            source.skip(row.line, "no-line-end")
        elif (reason := "" if fits else _misfit(lines)) or (reason := _unreadable(cells)):
            source.skip(row.line, reason)
        else:
            yield (
                row.line,
                {name: cell for name, cell in zip(names, cells, strict=True) if name in kept},
            )


def _misfit(lines: _Lines) -> str:
    """Why a record of one line does not fit the columns."""
    return "binary" if "\0" in lines.taken[0][1] else "other-width"


def _unreadable(cells: list[str]) -> str:
    text = "".join(cells)
    if "\0" in text:
        return "binary"
    return "not-utf-8" if _UNDECODED.search(text) else ""
