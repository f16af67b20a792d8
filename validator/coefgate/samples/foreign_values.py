"""Values of foreign records: where they stand, and the numbers, words and files that they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from coefgate.core.vocabulary import Operation
from coefgate.samples.foreign_call import ForeignFile


class NotUnderstood(ValueError):
    """A value that says something else than was expected of it."""


ABSENT: Final = object()
"""Stands for a value that a record has no place for, which null is not."""

_NOTHING: Final = frozenset({"", "null", "none", "nan", "n/a", "na", "nil", "undefined", "-"})
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:([,_'’ \u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_WHOLE: Final = re.compile(r"([+-]?[0-9]{1,18})(?:\.0{1,2})?")
_YES: Final = """
    true t yes y 1 on ok okay success succeeded successful pass passed
    done complete completed finished
"""
_NO: Final = """
    false f no n 0 off fail failed failure unsuccessful
    error errored exception timeout aborted cancelled canceled
"""
_BOOLEANS: Final = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
_DONE: Final[Mapping[Operation, str]] = {
    "create": "create created creates new add added a write written + ??",
    "modify": """
        modify modified update updated edit edited change changed m ~ t
        rewrite rewritten replace replaced
    """,
    "unknown": "unknown rename renamed r move moved copy copied c",
}
_DELETED: Final = "delete deleted remove removed d -"
_OPERATIONS: Final[Mapping[str, Operation | None]] = {
    **{word: operation for operation, words in _DONE.items() for word in words.split()},
    **dict.fromkeys(_DELETED.split(), None),
}
"""``None``: a file that is deleted is nothing that a call writes."""
_STATUS: Final = re.compile(r"(\?\?|[ACDMRT][0-9]{0,3})[ \t]+(\S.*)")
_SPELT: Final = re.compile(r"(create|modify|unknown)(?:@([0-9]{1,12}))?:(\S.*)")
_LITERAL: Final = re.compile(r"""\s*(?:\{|\[\s*(?:["'{\]]|null\b|None\b|$))""")
"""How a list or object begins; a path may begin with a bracket too."""
_SEPARATORS: Final = ("\n", ";", "|", ",")
_LONGEST_LITERAL: Final = 100_000


def value_at(fields: Any, column: str) -> Any:
    """What stands at ``column``: a key, or keys with dots between them (``usage.output_tokens``).

    A number leads into a list, and a text that holds JSON is gone into. ``ABSENT``: nothing.
    """
    if type(fields) is dict and column in fields:  # as nearly always
        return fields[column]
    fields = decoded_json(fields)
    if isinstance(fields, dict):
        if column in fields:
            return fields[column]
        for dot in re.finditer(r"\.", column):
            if (first := column[: dot.start()]) in fields:
                found = value_at(fields[first], column[dot.end() :])
                if found is not ABSENT:
                    return found
    elif isinstance(fields, list):
        first, _, rest = column.partition(".")
        if first.isascii() and first.isdecimal() and int(first) < len(fields):
            return value_at(fields[int(first)], rest) if rest else fields[int(first)]
    return ABSENT


def decoded_json(value: Any) -> Any:
    """What a text that is a JSON object or list holds; anything else as it is."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def is_nothing(value: Any) -> bool:
    """Does a value say that nobody knows?"""
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    return value is None or value is ABSENT or value in ([], {}) or value != value  # noqa: PLR0124 (NaN)


def text_of(value: Any) -> str | None:
    """A text, or a number as one; of a list with one member the member."""
    if is_nothing(value):
        return None
    if isinstance(value, list) and len(value) == 1:
        return text_of(value[0])
    if isinstance(value, bool | list | dict):
        raise NotUnderstood
    return str(value).strip()


def number_of(value: Any, *, thousands: str | None = None) -> int | None:
    """A whole number, also as ``1,234``, ``1 234``, ``1234.0``; ``thousands`` separates groups.

    ``1.234`` is none unless ``thousands`` is the dot: it could be a fraction.
    """
    if is_nothing(value):
        return None
    if isinstance(value, bool):
        raise NotUnderstood
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        raise NotUnderstood
    text = value.strip()
    if thousands is not None:
        if re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+", text):
            text = text.replace(thousands, "")
    elif groups := _GROUPS.fullmatch(text):
        text = text.replace(groups[1], "")
    if (found := _WHOLE.fullmatch(text)) is None:
        raise NotUnderstood
    return int(found[1])


def boolean_of(value: Any) -> bool | None:
    """Yes or no in many words, an HTTP status among them; ``None``: nobody knows."""
    if is_nothing(value):
        return None
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int) else ""
    if (found := _BOOLEANS.get(word)) is not None:
        return found
    if re.fullmatch(r"[245][0-9]{2}", word):
        return word[0] == "2"
    raise NotUnderstood


@dataclass(frozen=True, slots=True)
class FileForm:
    """How a source writes a list of files.

    ``separator``: between the paths of a text; without it the text itself shows which. The others
    are keys of files that are objects, or ``None`` for the usual ones.
    """

    separator: str | None = None
    path: str | None = None
    operation: str | None = None
    bytes_before: str | None = None


_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "path": ("path", "file_path", "filePath", "file", "filename", "name"),
    "operation": ("operation", "op", "action", "status", "change_type", "type"),
    "bytes_before": ("bytes_before", "size_before", "bytes", "size"),
}


def files_of(
    value: Any, form: FileForm, operation: Operation = "unknown"
) -> tuple[ForeignFile, ...]:
    """The files that a value lists, as JSON, as Python writes lists, or with separators.

    Each is a path, a path with an operation before it (``A src/new.py`` as git writes it,
    ``create:src/new.py``), or an object. ``operation``: of those that state none. Raises
    ``NotUnderstood``.
    """
    if is_nothing(value):
        return ()
    if isinstance(value, str):
        value = _literal(value) if _LITERAL.match(value) else _split(value, form)
    if isinstance(value, dict):
        value = [value] if _key(value, form, "path") else _by_path(value, form)
    if not isinstance(value, list | tuple):
        raise NotUnderstood
    found = [_file(one, form, operation) for one in value if not is_nothing(one)]
    return tuple(one for one in found if one is not None)


def _literal(text: str) -> Any:
    for read in (orjson.loads, ast.literal_eval)[: 1 + (len(text) <= _LONGEST_LITERAL)]:
        try:
            return read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    raise NotUnderstood


def _split(text: str, form: FileForm) -> list[str]:
    separators = (form.separator,) if form.separator else _SEPARATORS
    separator = next((one for one in separators if one in text), None)
    return [text.strip()] if separator is None else [one.strip() for one in text.split(separator)]


def _by_path(files: Mapping[str, Any], form: FileForm) -> list[dict[str, Any]]:
    """Objects of ``{"src/a.py": "modified"}``, or ``{"src/a.py": {"status": "modified"}}``."""
    path, operation = form.path or "path", form.operation or "operation"
    return [
        {**one, path: name} if isinstance(one, dict) else {path: name, operation: one}
        for name, one in files.items()
    ]


def _key(one: Mapping[str, Any], form: FileForm, part: str) -> str | None:
    stated = getattr(form, part)
    names: Iterable[str] = (stated,) if stated else _KEYS[part]
    return next((name for name in names if not is_nothing(one.get(name))), None)


def _file(one: Any, form: FileForm, operation: Operation) -> ForeignFile | None:
    if isinstance(one, str):
        text = one.strip()
        if spelt := _SPELT.fullmatch(text):
            size = int(spelt[2]) if spelt[2] else None
            return ForeignFile(spelt[3], _operation(spelt[1]) or operation, size)
        if status := _STATUS.fullmatch(text):
            path = status[2].rpartition("\t")[2]
            which = _OPERATIONS[status[1].rstrip("0123456789").casefold()]
            return None if which is None else ForeignFile(path, which)
        return ForeignFile(text, operation)
    if not isinstance(one, dict) or (at := _key(one, form, "path")) is None:
        raise NotUnderstood
    path = text_of(one[at])
    if (key := _key(one, form, "operation")) is not None:
        which = _operation(one[key])
        if which is None:
            return None
        operation = which
    size_key = _key(one, form, "bytes_before")
    size = None if size_key is None else number_of(one[size_key])
    # Of a file that is created, a size is the one that it has got.
    return ForeignFile(path or "", operation, None if operation == "create" else size)


def _operation(word: Any) -> Operation | None:
    try:
        return _OPERATIONS[str(word).strip().casefold()]
    except KeyError:
        raise NotUnderstood from None
