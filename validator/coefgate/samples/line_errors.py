"""Why a line is no valid sample: every reason, each with its column. No recursion on values."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import orjson

from coefgate.core.problems import Problem
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.document import UNREADABLE, Document, Fault, Mark
from coefgate.registry.document_builder import DocumentBuilder
from coefgate.registry.schemas import load_schema, schema_problems
from coefgate.registry.wording import LONGEST_SHOWN, printable
from coefgate.samples.acceptance import content_faults
from coefgate.samples.model import SINCE_2

LONGEST_MARKED: Final = 1 << 20
"""Bytes of the longest line in which columns are looked up; in a longer one it is column 1."""
DEEPEST: Final = 100
"""Levels of a line that is explained value by value; Python's own limit differs by version."""

_ONE_SAMPLE: Final = "each line is one sample, a JSON object"
_AS_IMPORTED: Final = "Take the line from the file that was imported, or delete it if it is new."
_TOO_DEEP: Final = Fault("syntax", "cannot be read (nested too deeply)", _ONE_SAMPLE, _AS_IMPORTED)
"""A line with hundreds of brackets inside each other; a sample has three."""
_BOM: Final = Fault(
    "byte-order-mark",
    "begins with a byte order mark",
    "files are plain UTF-8",
    "Save the file as UTF-8 without BOM.",
)
_BLANK: Final = Fault("blank-line", "holds an empty line", _ONE_SAMPLE, "Delete the line.")
_NUL: Final = Fault("nul", "holds a NUL character", "files are plain text", _AS_IMPORTED)
_APART: Final = "Write each sample into a line of its own."
_SECOND: Final = Fault("syntax", "holds a second sample in this line", _ONE_SAMPLE, _APART)
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)

_WORD: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^ \t\r\n{}\[\],:"]+')
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_HALF_A_PAIR: Final = re.compile(r"[\ud800-\udfff]")
_LITERALS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


def line_problems(line: bytes, file: str, number: int, origin: str | None) -> tuple[Problem, ...]:
    """Everything that is wrong with a line, given without its line end; empty where nothing is."""
    if unreadable := _text_problems(line, file, number):
        return unreadable
    text = line.decode("utf-8")
    fields, syntax = _parsed(line, file, number)
    if syntax and not (len(text) <= LONGEST_MARKED and nearly_json(text) is not None):
        return syntax
    document, problems = _marked(text, fields, file, number)
    if _is_too_deep(document.data):
        return (_TOO_DEEP.placed(file, number),)
    problems += schema_problems(document, "sample", lambda fault: _in_plain_words(fault, document))
    if not problems and not syntax:
        problems = tuple(fault.at(document) for fault in content_faults(fields, origin))
    return tuple(sorted(problems)) or syntax


def place(line: bytes, file: str, number: int) -> Document:
    """A valid line with the columns of its values."""
    return _marked(line.decode("utf-8"), None, file, number)[0]


def nearly_json(line: str | bytes) -> Any:
    """The data, numbers as texts, of a line that is no JSON only for a number or half a pair.

    ``None`` for other lines.
    """
    try:
        return json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None


def _marked(
    text: str, fields: Any, file: str, number: int
) -> tuple[Document, tuple[Problem, ...]]:
    if len(text) > LONGEST_MARKED:
        return Document(file, fields, Mark(number, 1, number, 1, None)), ()
    return marked_line(text, file, number)


# --- What cannot be read as JSON at all


def _text_problems(line: bytes, file: str, number: int) -> tuple[Problem, ...]:
    """What is wrong with the characters of a line."""
    fault, column = None, 1
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"holds the byte 0x{line[error.start]:02x}, which is not UTF-8"
        fault = Fault("not-utf-8", found, "files are UTF-8", _AS_IMPORTED)
        column = len(line[: error.start].decode("utf-8")) + 1
    else:
        if text.startswith("\ufeff"):
            fault = _BOM
        elif not text.strip():
            fault = _BLANK
        elif "\0" in text:
            fault, column = _NUL, text.index("\0") + 1
    return () if fault is None else (fault.placed(file, number, column),)


def _parsed(line: bytes, file: str, number: int) -> tuple[Any, tuple[Problem, ...]]:
    """The data of a line, or why it has none."""
    try:
        return orjson.loads(line), ()
    except orjson.JSONDecodeError as error:
        found = f"cannot be read from here on ({printable(error.msg.partition(':')[0])})"
        fault, at = Fault("syntax", found, _ONE_SAMPLE, _AS_IMPORTED), error.pos
        # The parser says so in words that differ from version to version.
        if any(word in error.msg for word in ("depth", "memory", "recursion")):
            fault, at = _TOO_DEEP, 0
        elif (second := _second_value(line)) is not None:
            fault, at = _SECOND, second
        return None, (fault.placed(file, number, at + 1),)


def _second_value(line: bytes) -> int | None:
    """Where a second object begins behind a whole one, in characters."""
    text = line.decode("utf-8")
    begun = len(text) - len(text.lstrip())
    try:
        end = _DECODER.raw_decode(text, begun)[1]
    except (ValueError, RecursionError):
        return None
    at = len(text) - len(text[end:].lstrip())
    return at if text.startswith("{", begun) and text.startswith("{", at) else None


def _is_too_deep(data: Any) -> bool:
    """Are more than ``DEEPEST`` lists and objects inside each other? Asked level by level."""
    level = [data]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


# --- What does not fit the schema


def _in_plain_words(fault: Fault, document: Document) -> Fault:
    """The schema's complaint, in the words of somebody who writes JSON lines."""
    match fault.code, fault.path:
        case "missing-key", (*_, str(name)):
            return _missing(fault, name)
        case "bad-key", (str(name),):
            fix = f'Say "format":2 and write every field of that format, or delete {name}.'
            return replace(fault, code="unknown-key", found="is not a key here", fix=fix)
        case "unknown-value", ("complexity",):
            fix = f'{fault.fix} Other names are those of lines of format 2: "format":2.'
            return replace(fault, fix=fix)
        case "bad-form", ("label_origin",):
            found, fix = 'is "rule"', 'Write a line of format 2: "format":2.'
            return replace(fault, code="unknown-value", found=found, fix=fix)
        case "wrong-type", ():
            return replace(fault, path=("the line",), fix="Write one object, in braces.")
        case "wrong-type", ("deliverables", int()) as path if isinstance(document.at(path), str):
            return replace(fault, fix=_as_object(document.at(path)))
        case "wrong-type", path if document.at(path) is None:
            return replace(fault, fix="Write what the source says; this field is never unknown.")
        case "bad-form", ("deliverables", int(), "path") as path:
            found, fix = _bad_path(document.at(path))
            return replace(fault, code="bad-path", found=found, fix=fix)
        case "bad-form", ("observed_at",):
            return replace(fault, fix="Write it like 2025-12-29T19:40:02+11:00, or null.")
    return fault


def _missing(fault: Fault, name: str) -> Fault:
    schema = load_schema("sample")["properties"]
    schema = schema if name in schema else schema["deliverables"]["items"]["properties"]
    nullable = "null" in schema[name]["type"]
    fix = f'Add "{name}":null if the source does not say.' if nullable else f'Add "{name}".'
    allowed = "every field of a sample is written, even an unknown one"
    if name in SINCE_2:
        allowed = "every field of format 2 is written, even an unknown one"
    return replace(fault, allowed=allowed, fix=fix)


def _as_object(deliverable: str) -> str:
    """What to write instead of a text, which only a draft may have, if it spells a file."""
    try:
        Deliverable.parsed(deliverable)
    except ValueError as error:
        if len(deliverable) <= LONGEST_SHOWN:
            return f"{error}".rstrip(".") + "."
    return 'Write {"path":PATH,"operation":"unknown","bytes_before":null}.'


def _bad_path(path: str) -> tuple[str, str]:
    """What is wrong with a path that the schema refuses, and what to do."""
    shown = f'"{printable(path)}"'
    if "\\" in path:
        return f"is {shown}, with a backslash", "Write / between folders."
    if re.match(r"[A-Za-z]:", path):
        return f"is {shown}, with a drive", "Write it relative to the workspace."
    if path.startswith("/"):
        return f"is {shown}, an absolute path", "Write it relative to the workspace."
    parts = path.removesuffix("/").split("/")
    if ".." in parts:
        return f"is {shown}, with the part ..", "Write it without .., relative to the workspace."
    if "." in parts or "" in parts:
        part = "." if "." in parts else "an empty part"
        return f"is {shown}, with {part}", "Write each folder once, with one / between them."
    return f"is {shown}, with an invisible character", "Write the path as it is on disk."


# --- Where each value of a line stands, which the standard parsers do not say


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
            found = f"appears twice, first in column {first.key_column}"
            fix = "Delete the one that is wrong; the id must fit what is left."
            twice = Fault("duplicate-key", found, "a key appears once", fix)
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
        fix = "Write the character that was meant, or delete the half."
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
