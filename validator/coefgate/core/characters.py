"""Bytes → text: UTF-8 without byte order mark, tabs or invisible control characters."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from coefgate.core.problems import Problem

MAX_PROBLEMS: Final = 100
"""Problems that are listed for one file; a file with more is damaged as a whole."""

INVISIBLE: Final = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
    # Marks that reorder the text on a screen: a reviewer would not see what is merged.
    r"\u200b-\u200f\u202a-\u202e\u2060-\u2069"
)
"""Of a regular expression's character class: what no file may hold, beside tab and line ends."""

_REFUSED: Final = re.compile(rf"\t+|\r(?!\n)|[{INVISIBLE}]")
_KNOWN: Final = {
    "\t": ("tab", "a tab", "Replace it by spaces."),
    "\r": ("line-end", "a line end of old Mac style", "Save the file with the line ends LF."),
    "\ufeff": ("byte-order-mark", "a byte order mark", "Save the file as UTF-8 without BOM."),
}
_FOREIGN_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(content: bytes, file: str) -> str | tuple[Problem, ...]:
    """The text of a file, or everything that is wrong with its characters."""
    if is_utf_16(content):
        return (utf_16_problem(file),)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        before = content[content.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8")) + 1
        found = f"holds the byte 0x{content[error.start]:02x}, which is not UTF-8"
        return (_encoding_problem(file, line, column, found),)
    problems = tuple(_refused_characters(text, file))
    return problems or text


def is_utf_16(content: bytes) -> bool:
    """Does it begin like UTF-16, with or without a byte order mark?"""
    first = [byte != 0 for byte in content[:4]]
    return content.startswith(_FOREIGN_MARKS) or first in ([True, False] * 2, [False, True] * 2)


def utf_16_problem(file: str) -> Problem:
    """The one problem of a file that is written in UTF-16."""
    return _encoding_problem(file, 1, 1, "is written in UTF-16")


def _encoding_problem(file: str, line: int, column: int, found: str) -> Problem:
    fix = "Save the file again with the encoding UTF-8."
    return Problem(file, line, column, "", "not-utf-8", found, "files are UTF-8", fix)


def _refused_characters(text: str, file: str) -> Iterator[Problem]:
    line, line_start, position, count = 1, 0, 0, 0
    previous = (0, "")
    for match in _REFUSED.finditer(text):
        if line_ends := text.count("\n", position, match.start()):
            line += line_ends
            line_start = text.rfind("\n", position, match.start()) + 1
        position = match.start()
        if (line, match.group()[0]) == previous:
            continue
        previous = (line, match.group()[0])
        column = position - line_start + 1
        if count == MAX_PROBLEMS:
            yield too_many(file, line, column)
            return
        count += 1
        yield _character_problem(file, line, column, match.group())


def _character_problem(file: str, line: int, column: int, found: str) -> Problem:
    allowed = "files are plain, visible UTF-8 text"
    any_other = ("control-character", f"the character {character_name(found[0])}", "Delete it.")
    code, name, fix = _KNOWN.get(found[0], any_other)
    if found == "\ufeff" and (line, column) != (1, 1):
        code, name, fix = any_other
    return Problem(file, line, column, "", code, f"holds {name}", allowed, fix)


def character_name(character: str) -> str:
    """``U+202E (RIGHT-TO-LEFT OVERRIDE)``."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'control character')})"


def too_many(file: str, line: int, column: int) -> Problem:
    """The last problem of a file that has more than anybody wants to read."""
    code, found = "too-many-problems", f"has more than {MAX_PROBLEMS} problems"
    fix = "Mend the first ones and check again."
    return Problem(file, line, column, "", code, found, "the rest is not listed", fix)
