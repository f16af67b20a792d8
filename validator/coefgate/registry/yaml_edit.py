"""A YAML file made to say other data; every byte that need not change stays as it is.

What is written anew is read again by the strict reader and must be exactly what was wanted, so a
form that nobody thought of is refused here, and never damaged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from coefgate.core.problems import UsageProblem
from coefgate.registry.document import Document
from coefgate.registry.wording import ValuePath, dotted, kind_of
from coefgate.registry.yaml_collection import Splice
from coefgate.registry.yaml_layout import Layout
from coefgate.registry.yaml_reader import read_document, strict_document
from coefgate.registry.yaml_splices import GONE, same, splices

ABSENT: Final = GONE
"""In the place of data: the key is taken out."""
_PASSES: Final = 20
"""Splices that touch each other wait for the next pass; a few are enough for any file."""


def with_data(content: bytes, file: str, data: Mapping[ValuePath, object]) -> bytes:
    """``content`` with these data at these paths, and without those that are ``ABSENT``.

    Data are what the strict reader gives: mappings, lists, texts, ``int``, ``Decimal``, booleans
    and ``None``. A new key goes behind the one before it in its mapping. All else stays: entries
    that are not named, their order, comments, quotes, indentation, line ends, and a number that is
    the same (``1.30`` is not made ``1.3``). What says the data already is returned unchanged.
    Whether the file is still valid is for its schema to say. Raises ``InvalidInput`` if
    ``content`` cannot be read, ``UsageProblem`` where the form is one that cannot be kept.
    """
    document = strict_document(content, file)
    text, wanted = content.decode("utf-8"), document.data
    for path, value in data.items():
        wanted = _with(document, wanted, path, value)
    found: list[Splice] = []
    for _ in range(_PASSES):
        if same(document.data, wanted):
            return text.encode("utf-8")
        found = _apart(splices(Layout.of(text), document.data, wanted))
        edited = _read(_spliced(text, found), file)
        if edited is None:
            found = [one for one in found if _read(_spliced(text, [one]), file) is None]
        if edited is None or not found:
            break
        document, text = edited, _spliced(text, found)
    raise _cannot_be_kept(document, found[0].path if found else ())


def _with(document: Document, data: Any, path: ValuePath, value: object, depth: int = 0) -> Any:
    if depth == len(path):
        return value
    step = path[depth]
    if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
        item = _with(document, data[step], path, value, depth + 1)
        return [*data[:step], item, *data[step + 1 :]]
    if not isinstance(data, dict) or not isinstance(step, str):
        line, column = document.mark(path[:depth])
        raise UsageProblem(
            f"{document.file}:{line}:{column}  {dotted(path[:depth]) or 'the file'} is "
            f"{kind_of(data)} and holds no {dotted(path[depth:])}. Write a mapping there."
        )
    if value is ABSENT and step not in data:
        return data
    inside = _with(document, data.get(step, {}), path, value, depth + 1)
    if inside is ABSENT:
        return {key: item for key, item in data.items() if key != step}
    return {**data, step: inside}


def _apart(found: Iterable[Splice]) -> list[Splice]:
    """Those that touch none before them, by their place in the text; the others wait."""
    apart: list[Splice] = []
    for splice in found:
        number = bisect_left(apart, splice.begin, key=attrgetter("begin"))
        is_behind = number == 0 or apart[number - 1].end < splice.begin
        if is_behind and (number == len(apart) or splice.end < apart[number].begin):
            apart.insert(number, splice)
    return apart


def _read(text: str, file: str) -> Document | None:
    document, problems = read_document(text.encode("utf-8"), file)
    return None if problems else document


def _spliced(text: str, found: Sequence[Splice]) -> str:
    parts, place = [], 0
    for splice in found:
        parts += [text[place : splice.begin], splice.text]
        place = splice.end
    return "".join((*parts, text[place:]))


def _cannot_be_kept(document: Document, path: ValuePath) -> UsageProblem:
    line, column = document.mark(path)
    return UsageProblem(
        f"{document.file}:{line}:{column}  {dotted(path) or 'the file'} cannot be written there "
        "so that it reads back as meant. Write each key of it on a line of its own, as "
        "`key: value` without ?, and texts without hidden characters; commit that, and try again."
    )
