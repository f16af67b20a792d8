"""Bytes → text: UTF-8 without byte order mark, tabs or invisible control characters.

Also what git leaves in a file's place, a pointer of Git LFS or the markers of an unfinished merge,
and how text is shown in which somebody may have hidden something.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
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
    "\t": ("tab", "a tab", "Replace it with spaces."),
    "\r": ("line-end", "an old Mac line ending", "Save the file with LF line endings."),
    "\ufeff": ("byte-order-mark", "a byte order mark", "Save the file as UTF-8 without BOM."),
}
_BLANK: Final = re.compile(
    # Letters, marks and symbols that print as nothing: U+034F, the fillers of Hangul, vowels of
    # Khmer that are implied, Mongolian and other variation selectors, the empty Braille pattern.
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_FOREIGN_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_MARKER: Final = re.compile(rb"^(?:<{7}|\|{7}|>{7})(?: [^\r\n]*)?\r?$|^={7}\r?$", re.MULTILINE)


def decoded(content: bytes, file: str) -> str | tuple[Problem, ...]:
    """The text of a file, or what git left there, or everything wrong with its characters."""
    if leftover := git_leftover(content, file):
        return (leftover,)
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
    problems = tuple(islice(_refused_characters(text, file), MAX_PROBLEMS + 1))
    if len(problems) > MAX_PROBLEMS:
        return (*problems[:-1], too_many(file, problems[-1].line, problems[-1].column))
    return problems or text


def is_utf_16(content: bytes) -> bool:
    """Does it begin like UTF-16, with or without a byte order mark?"""
    first = [byte != 0 for byte in content[:4]]
    return content.startswith(_FOREIGN_MARKS) or first in ([True, False] * 2, [False, True] * 2)


def utf_16_problem(file: str) -> Problem:
    """The one problem of a file that is written in UTF-16."""
    return _encoding_problem(file, 1, 1, "is written in UTF-16")


def _encoding_problem(file: str, line: int, column: int, found: str) -> Problem:
    fix = "Save the file as UTF-8."
    return Problem(file, line, column, "", "not-utf-8", found, "files are UTF-8", fix)


def _refused_characters(text: str, file: str) -> Iterator[Problem]:
    """Each sort once in a line."""
    line, line_start, position, previous = 1, 0, 0, (0, "")
    for match in _REFUSED.finditer(text):
        if line_ends := text.count("\n", position, match.start()):
            line += line_ends
            line_start = text.rfind("\n", position, match.start()) + 1
        position, character = match.start(), match.group()[0]
        if (line, character) == previous:
            continue
        previous = (line, character)
        code, name = "control-character", f"the character {character_name(character)}"
        fix, allowed = "Delete it.", "files are plain, visible UTF-8 text"
        if character in _KNOWN and (character != "\ufeff" or position == 0):
            code, name, fix = _KNOWN[character]
        column = position - line_start + 1
        yield Problem(file, line, column, "", code, f"holds {name}", allowed, fix)


def visible(text: str) -> str:
    """``text`` on one line, with escapes for what nobody sees, or sees in another order.

    That is every control, format, unassigned or private character, every space but the plain one,
    and characters that print as nothing.
    """
    if text.isascii() and text.isprintable():  # most texts, at a hundredth of the time
        return text
    return "".join(
        c
        if c.isprintable() and not _BLANK.match(c)
        else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def character_name(character: str) -> str:
    """``U+202E (RIGHT-TO-LEFT OVERRIDE)``."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'control character')})"


def too_many(file: str, line: int, column: int) -> Problem:
    """The last problem of a file that has more than anybody wants to read."""
    code, found = "too-many-problems", f"has more than {MAX_PROBLEMS} problems"
    fix = "Fix the first ones and check again."
    return Problem(file, line, column, "", code, found, "the rest is not listed", fix)


def git_leftover(content: bytes, file: str, first_line: int = 1) -> Problem | None:
    """What git left in ``content``, which begins in the line ``first_line`` of ``file``.

    It is the one problem of the file, since all others follow from it.
    """
    if first_line == 1 and content.startswith(_POINTER):
        line, code = 1, "git-lfs-pointer"
        found = "is a pointer of Git LFS, not the content that it stands for"
        allowed = "commits are read as well as folders, so a registry's files lie in git itself"
        fix = "Get the content with: git lfs pull"
    elif marker := _MARKER.search(content):
        line, code = first_line + content.count(b"\n", 0, marker.start()), "merge-conflict"
        found = f"holds {marker.group()[:7].decode()}, the marker of a merge conflict"
        allowed = "a merge is finished before its files are read"
        fix = "Finish the merge: keep the lines that are right, and delete every marker."
    else:
        return None
    return Problem(file, line, 1, "", code, found, allowed, fix)
