"""Why a line cannot be read as JSON at all, and from which column on."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

from coefgate.registry.wording import printable
from coefgate.samples.faults import Fault

_ONE_SAMPLE: Final = "each line is one sample, a JSON object"
_AS_IMPORTED: Final = "Take the line from the file that was imported, or delete it if it is new."
TOO_DEEP: Final = Fault(
    (), "syntax", "cannot be read (nested too deeply)", _ONE_SAMPLE, _AS_IMPORTED
)
"""A line with hundreds of brackets inside each other; a sample has three."""

DEEPEST: Final = 100
"""Levels that a line may have to be explained value by value; how many Python can show differs by version."""

PlacedFault = tuple[Fault, int]
"""A fault of a line as a whole, and its column."""

_BOM: Final = "\ufeff"
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)


def text_fault(line: bytes) -> PlacedFault | None:
    """What is wrong with the characters of a line, if anything is."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"holds the byte 0x{line[error.start]:02x}, which is not UTF-8"
        column = len(line[: error.start].decode("utf-8")) + 1
        return Fault((), "not-utf-8", found, "files are UTF-8", _AS_IMPORTED), column
    if text.startswith(_BOM):
        found, fix = "begins with a byte order mark", "Save the file as UTF-8 without BOM."
        return Fault((), "byte-order-mark", found, "files are plain UTF-8", fix), 1
    if not text.strip():
        return Fault((), "blank-line", "holds an empty line", _ONE_SAMPLE, "Delete the line."), 1
    if "\0" in text:
        fault = Fault((), "nul", "holds a NUL character", "files are plain text", _AS_IMPORTED)
        return fault, text.index("\0") + 1
    return None


def parsed(line: bytes) -> tuple[Any, PlacedFault | None]:
    """The data of a line, or why it has none."""
    try:
        return orjson.loads(line), None
    except orjson.JSONDecodeError as error:
        # The parser says so in words that differ from version to version.
        if any(word in error.msg for word in ("depth", "memory", "recursion")):
            return None, (TOO_DEEP, 1)
        if (second := _second_value(line)) is not None:
            found, fix = (
                "holds a second sample in this line",
                "Write each sample into a line of its own.",
            )
            return None, (Fault((), "syntax", found, _ONE_SAMPLE, fix), second + 1)
        reason = printable(error.msg.partition(":")[0])
        found = f"cannot be read from here on ({reason})"
        return None, (Fault((), "syntax", found, _ONE_SAMPLE, _AS_IMPORTED), error.pos + 1)


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


def is_too_deep(data: Any) -> bool:
    """Are there more than ``DEEPEST`` lists and objects inside each other? Asked level by level."""
    level = [data]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def nearly_json(line: str | bytes) -> Any:
    """The data of a line that is no JSON only for a number or half a surrogate pair, with numbers as texts.

    What Python's parser takes beside JSON: NaN, infinities, numbers of any length. ``None`` for
    other lines.
    """
    try:
        return json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
