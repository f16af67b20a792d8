"""Where a YAML file cannot be read: the line to mend, which the parser often passes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, Final, NamedTuple

import yaml

from coefgate.registry.document import Fault

_BLOCK: Final = ("did not find expected key", "did not find expected '-' indicator")
_ROOT: Final = "did not find expected <document start>"
_KEY: Final = re.compile(r":(?:\s|$)")
_VALUE: Final = re.compile(r":\s+[^\s#]")
_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|x[0-9a-fA-F]{0,2}|.)")

_COLON: Final = "Write key: value, with a space after the colon."
_OPEN: Final = "Close the quote or the bracket that begins here."
_ONE_COLUMN: Final = "Begin the keys of one mapping, and the items of one list, in one column."
_BACKSLASH: Final = r"Write \\ for a backslash, or put the text in single quotes."


class _Position(NamedTuple):
    """A place, from 0."""

    line: int
    column: int


_Found = tuple[_Position, str, str]
"""Where to mend a file, why, and how, if that can be told."""


def syntax_error(
    error: yaml.YAMLError, text: str, last: yaml.Event | None
) -> tuple[Fault, int, int]:
    """What is wrong with ``text``, and the line and column to mend; ``last``: the last event."""
    lines = [*text.split("\n"), ""]  # the end of a text may be told on a line behind the last
    place, why, fix = _found(error, lines, last)
    fix = fix or _fix(why, lines[place.line], place.column)
    found = f"cannot be read from here on ({why})"
    return Fault("syntax", found, "files are YAML", fix), place.line + 1, place.column + 1


def _found(error: yaml.YAMLError, lines: Sequence[str], last: yaml.Event | None) -> _Found:
    context = getattr(error, "context", None) or ""
    why = getattr(error, "problem", None) or "not YAML"
    noticed = _place(getattr(error, "problem_mark", None)) or _Position(0, 0)
    began = _place(getattr(error, "context_mark", None)) or noticed
    if context.endswith("a quoted scalar"):
        return _in_quotes(lines, began, noticed, why)
    if context.endswith(("an alias", "an anchor", "a tag")):
        return began, why, ""
    if context.endswith("a simple key"):
        return began, why, _COLON
    if context.endswith(("a flow sequence", "a flow mapping")):
        return _in_brackets(lines, began, noticed, why)
    if why == "mapping values are not allowed in this context":
        return _unexpected_key(lines, noticed, why)
    if why in _BLOCK and (opened := _quoted_before(last, noticed)):
        return opened, why, _OPEN
    if (why in _BLOCK and _indent(lines[noticed.line]) == noticed.column) or why == _ROOT:
        return _odd_indentation(lines, noticed, why)
    return noticed, why, ""


def _fix(why: str, line: str, column: int) -> str:
    before, at = line[:column].rstrip(), line[column : column + 1]
    if before.endswith(("}", "]")):
        return f"Quote a text that begins with {'{' if before.endswith('}') else '['}."
    if at and at in "*&!@`%|>":
        return f"Quote a text that begins with {at}."
    if "mapping values" in why:
        return "Check the indentation, and quote a text that holds a colon."
    return "Check the indentation, and that quotes and brackets are closed."


def _in_quotes(lines: Sequence[str], began: _Position, noticed: _Position, why: str) -> _Found:
    """A quote that is never closed, or a backslash before what stands for nothing."""
    if "stream" in why or "document" in why:
        return began, why, _OPEN
    line = lines[noticed.line]
    column = line.rfind("\\", 0, noticed.column + 1)
    if (escape := _ESCAPE.match(line, max(column, 0))) is None:
        return noticed, why, ""
    half = re.fullmatch(r"\\u[dD][89a-fA-F]..", escape.group())
    what = "half of a surrogate pair" if half else "which is not a character"
    return _Position(noticed.line, column), f"{escape.group()}, {what}", _BACKSLASH


def _in_brackets(lines: Sequence[str], began: _Position, noticed: _Position, why: str) -> _Found:
    """A bracket not closed before the next key, or a comma missing at the end of a line."""
    is_later = noticed.line > began.line
    if is_later and _indent(lines[noticed.line]) <= _indent(lines[began.line]):
        return began, why, _OPEN
    before = _content_above(lines, noticed.line)
    text = "" if before is None else lines[before].rstrip()
    if is_later and before is not None and not text.endswith((",", "[", "{", ":")):
        return _Position(before, len(text)), why, "Write a comma here."
    return noticed, why, ""


def _unexpected_key(lines: Sequence[str], noticed: _Position, why: str) -> _Found:
    """A key where a value goes on: its line is indented too far, or one above lacks its colon."""
    if _KEY.search(lines[noticed.line], 0, noticed.column):
        return noticed, why, ""
    first, above = noticed.line, _content_above(lines, noticed.line)
    while above is not None and not _KEY.search(lines[above]):
        first, above = above, _content_above(lines, above)
    if first == noticed.line or (above is not None and _VALUE.search(lines[above])):
        return noticed, why, ""
    return _Position(first, _indent(lines[first])), "the line holds no key", _COLON


def _odd_indentation(lines: Sequence[str], noticed: _Position, why: str) -> _Found:
    """Of two lines that should stand in one column, the one whose column is the rarer one."""
    column = noticed.column
    above = list(_while_deeper(lines, range(noticed.line - 1, -1, -1), column))
    if not above:
        return noticed, why, ""
    other = min(_indent(lines[at]) for at in above)
    group = [at for at in above if _indent(lines[at]) == other]
    below = [noticed.line, *_while_deeper(lines, range(noticed.line + 1, len(lines)), column - 1)]
    same = [at for at in below if _indent(lines[at]) == column]
    compared = {*group, *same}
    elsewhere = [
        _indent(line) for at, line in enumerate(lines) if _is_content(line) and at not in compared
    ]
    usual = (elsewhere.count(column), len(same)) > (elsewhere.count(other), len(group))
    odd, against = (group[-1], noticed.line) if usual or column == 0 else (noticed.line, group[-1])
    columns = [_indent(lines[at]) + 1 for at in (odd, against)]
    why = f"the line begins in column {columns[0]}, line {against + 1} in column {columns[1]}"
    return _Position(odd, _indent(lines[odd])), why, _ONE_COLUMN


def _while_deeper(lines: Sequence[str], numbers: range, column: int) -> Iterator[int]:
    """The lines with something in them, up to the first that begins in ``column`` or before."""
    content = (at for at in numbers if _is_content(lines[at]))
    return takewhile(lambda at: _indent(lines[at]) > column, content)


def _quoted_before(last: yaml.Event | None, noticed: _Position) -> _Position | None:
    """Where a quoted text began that ends here, lines below: somewhere a quote is missing."""
    if not isinstance(last, yaml.ScalarEvent) or last.style not in {"'", '"'}:
        return None
    began, ended = _place(last.start_mark), _place(last.end_mark)
    return began if began and ended == noticed and began.line < noticed.line else None


def _content_above(lines: Sequence[str], number: int) -> int | None:
    return next((at for at in range(number - 1, -1, -1) if _is_content(lines[at])), None)


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _place(mark: Any) -> _Position | None:
    return None if mark is None else _Position(mark.line, mark.column)
