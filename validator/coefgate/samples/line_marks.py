"""A JSON line → its data with the column of every key and value. Only for lines that were refused.

The standard parsers do not say where. No recursion; time and memory grow with the line.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.document_builder import DocumentBuilder
from coefgate.registry.marks import UNREADABLE, Document, Fault, Mark
from coefgate.registry.wording import LONGEST_SHOWN, printable

_WORD: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^ \t\r\n{}\[\],:"]+')
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_HALF_A_PAIR: Final = re.compile(r"[\ud800-\udfff]")
_LITERALS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


def marked_line(text: str, file: str, line: int) -> tuple[Document, tuple[Problem, ...]]:
    """The document in ``text``, which is JSON, and its repeated keys, bad numbers and texts.

    What was refused is ``UNREADABLE`` in the data, so that other checks can go on.
    """
    builder = _LineBuilder(file, line)
    for match in _WORD.finditer(text):
        builder.take(match.group(), match.start() + 1)
    document = builder.document() or Document(file, None, Mark(line, 1, line, 1, None))
    return document, tuple(builder.problems)


class _LineBuilder(DocumentBuilder):
    """Takes the words of one line: brackets, commas, texts, numbers."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__(file)
        self._line = line

    def take(self, word: str, column: int) -> None:
        match word:
            case "{" | "[":
                self.begin(self._line, column, mapping=word == "{")
            case "}" | "]":
                self.end()
            case "," | ":":
                pass
            case _ if self.wants_key:
                self._take_key(word, column)
            case _:
                self.put(self._value(word, column), self._line, column)

    def _take_key(self, word: str, column: int) -> None:
        key = self._text(word, column, word[1:-1])
        first = self.mark_of(key) if isinstance(key, str) else None
        if first is not None:
            # The first one stays; the other is only read over.
            found = f"stands twice, first in column {first.key_column}"
            fix = "Delete the one that is wrong; the id must fit what is left."
            twice = Fault("duplicate-key", found, "a key stands once", fix)
            self._refuse(twice, column, str(key))
        held = isinstance(key, str) and first is None
        self.take_key(str(key) if held else None, self._line, column)

    def _value(self, word: str, column: int) -> object:
        if word[0] == '"':
            return self._text(word, column)
        return _LITERALS[word] if word in _LITERALS else self._number(word, column)

    def _text(self, word: str, column: int, *key: str) -> object:
        text = json.loads(word)
        half = _HALF_A_PAIR.search(text)
        if half is None:
            return text
        found = f"holds half of a surrogate pair (\\u{ord(half.group()):04x})"
        fix = "Write the character that was meant, or take the half away."
        self._refuse(Fault("syntax", found, "texts are whole characters", fix), column, *key)
        return UNREADABLE

    def _number(self, word: str, column: int) -> object:
        if _INTEGER.fullmatch(word):
            return int(word)
        if _DECIMAL.fullmatch(word):
            return Decimal(word)
        name = "infinite" if word.endswith("Infinity") else printable(word)
        if len(word) > LONGEST_SHOWN:
            name = f"a number of {len(word):,} characters"
        allowed = "numbers are plain integers of at most 19 digits"
        fix = "Write the number that was observed, or null if nobody knows it."
        self._refuse(Fault("bad-number", f"is {name}", allowed, fix), column)
        return UNREADABLE

    def _refuse(self, why: Fault, column: int, *key: str) -> None:
        self.problems.append(self.refused(why, self._line, column, *key))
