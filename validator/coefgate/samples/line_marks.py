"""A JSON line → its data with the column of every key and value. Only for lines that were refused.

Written for the one case in which the standard parsers are of no help: they say what a line holds,
not where. No recursion; time and memory grow with the line.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.registry.marks import UNREADABLE, Document, Mark
from coefgate.registry.opened import OpenList, OpenMapping
from coefgate.registry.wording import LONGEST_SHOWN, ValuePath, printable
from coefgate.samples.faults import Fault

_WORD: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^ \t\r\n{}\[\],:"]+')
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_HALF_A_PAIR: Final = re.compile(r"[\ud800-\udfff]")
_LITERALS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


def marked_line(text: str, file: str, line: int) -> tuple[Document, tuple[Problem, ...]]:
    """The document in ``text``, which is JSON, and its repeated keys and unreadable numbers and texts.

    What was refused is ``UNREADABLE`` in the data, so that other checks can go on.
    """
    scan = _Scan(file, line)
    for match in _WORD.finditer(text):
        scan.take(match.group(), match.start() + 1)
    return Document(file, scan.data, scan.root), tuple(scan.problems)


class _Scan:
    def __init__(self, file: str, line: int) -> None:
        self.problems: list[Problem] = []
        self.data: Any = None
        self.root = Mark(line, 1, line, 1, None)
        self._file = file
        self._line = line
        self._open: list[tuple[OpenList | OpenMapping, int]] = []

    def take(self, word: str, column: int) -> None:
        match word:
            case "{":
                self._open.append((OpenMapping(), column))
            case "[":
                self._open.append((OpenList(), column))
            case "}" | "]":
                closed, began = self._open.pop()
                self._put(closed.data, began, closed.marks)
            case "," | ":":
                pass
            case _:
                self._take_scalar(word, column)

    def _take_scalar(self, word: str, column: int) -> None:
        top = self._open[-1][0] if self._open else None
        if isinstance(top, OpenMapping) and top.wants_key:
            self._take_key(
                top, self._text(word, column, (*self._path(inside=False), word[1:-1])), column
            )
        elif word[0] == '"':
            self._put(self._text(word, column, self._path(inside=True)), column, None)
        elif word in _LITERALS:
            self._put(_LITERALS[word], column, None)
        else:
            self._put(self._number(word, column), column, None)

    def _text(self, word: str, column: int, path: ValuePath) -> object:
        text = json.loads(word)
        half = _HALF_A_PAIR.search(text)
        if half is None:
            return text
        found = f"holds half of a surrogate pair (\\u{ord(half.group()):04x})"
        fix = "Write the character that was meant, or take the half away."
        self._complain(column, Fault(path, "syntax", found, "texts are whole characters", fix))
        return UNREADABLE

    def _take_key(self, mapping: OpenMapping, key: object, column: int) -> None:
        mapping.wants_key, mapping.key, mapping.key_place = False, None, (self._line, column)
        if not isinstance(key, str):
            return
        mapping.key = key
        if key in mapping.marks:
            # The first one stays; the other is only read over.
            mapping.key = None
            path = (*self._path(inside=False), key)
            first = mapping.marks[key].key_column
            found = f"stands twice, first in column {first}"
            fix = "Delete the one that is wrong; the id must fit what is left."
            self._complain(column, Fault(path, "duplicate-key", found, "a key stands once", fix))

    def _number(self, word: str, column: int) -> object:
        if _INTEGER.fullmatch(word):
            return int(word)
        if _DECIMAL.fullmatch(word):
            return Decimal(word)
        name = (
            "NaN"
            if word == "NaN"
            else "infinite"
            if word.endswith("Infinity")
            else printable(word)
        )
        if len(word) > LONGEST_SHOWN:
            name = f"a number of {len(word):,} characters"
        found = f"is {name}"
        allowed = "numbers are plain integers of at most 19 digits"
        fix = "Write the number that was observed, or null if nobody knows it."
        self._complain(column, Fault(self._path(inside=True), "bad-number", found, allowed, fix))
        return UNREADABLE

    def _put(self, value: object, column: int, inside: Any) -> None:
        if self._open:
            self._open[-1][0].put(value, self._line, column, inside)
        else:
            self.data, self.root = value, Mark(self._line, column, self._line, column, inside)

    def _path(self, *, inside: bool) -> ValuePath:
        """The path of the innermost open collection, and with ``inside`` of its present value."""
        collections = [collection for collection, _ in self._open]
        if not inside:
            collections = collections[:-1]
        return tuple(step for collection in collections for step in _present(collection))

    def _complain(self, column: int, fault: Fault) -> None:
        self.problems.append(fault.placed(self._file, self._line, column))


def _present(collection: OpenList | OpenMapping) -> ValuePath:
    """The step to the value that is being read; items of a list are put only once they are read."""
    return (
        (len(collection.data),)
        if isinstance(collection, OpenList)
        else collection.step(inside=True)
    )
