"""Lists of files as other tools write them: JSON, texts with separators, what git says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from coefgate.core.vocabulary import Operation
from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.values import NotUnderstood, is_nothing, number_of, text_of

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
