"""A document: plain data, and for every value its place and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from coefgate.core.problems import Problem
from coefgate.registry.wording import ValuePath, dotted


class Mark(NamedTuple):
    """Where a value and its key begin; lines and columns count from 1.

    ``inside``: the marks of a collection's values, by key or position; ``None`` for a scalar.
    """

    line: int
    column: int
    key_line: int
    key_column: int
    inside: dict[str, Mark] | list[Mark] | None


class Unreadable:
    """Stands in the data for a value that was refused; nothing more is said about it."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = Unreadable()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML file, read; equal to itself alone, so that what is made of it can be kept.

    ``data`` holds ``dict`` with text keys, ``list``, ``str``, ``int``, ``Decimal``, ``bool`` and
    ``None``; nothing else, except ``UNREADABLE`` in a document that came with problems.
    """

    file: str
    data: Any
    root: Mark

    def mark(self, value_path: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at ``value_path`` (of its key with ``key``).

        A path that leads to nothing gives the place of the nearest value above it. The "key" of a
        list item is the item itself, that of the root the root.
        """
        mark = self.root
        for step in value_path:
            inside: Any = mark.inside
            try:
                mark = inside[step]
            except (LookupError, TypeError):
                return mark.line, mark.column
        return (mark.key_line, mark.key_column) if key else (mark.line, mark.column)

    def at(self, value_path: Sequence[str | int]) -> Any:
        """The value at ``value_path``; ``None`` where there is none."""
        value = self.data
        try:
            for step in value_path:
                value = None if isinstance(value, str) else value[step]
        except (LookupError, TypeError):
            return None
        return value

    def mapping_at(self, value_path: Sequence[str | int]) -> dict[str, Any]:
        """The mapping at ``value_path``; an empty one where there is none."""
        value = self.at(value_path)
        return value if isinstance(value, dict) else {}

    def list_at(self, value_path: Sequence[str | int]) -> list[Any]:
        """The list at ``value_path``; an empty one where there is none."""
        value = self.at(value_path)
        return value if isinstance(value, list) else []

    def mappings(self) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
        """Every mapping with its path, those in lists too; a document may nest deep."""
        waiting: list[tuple[ValuePath, Any]] = [((), self.data)]
        while waiting:
            path, value = waiting.pop()
            if isinstance(value, dict):
                yield path, value
                waiting += [((*path, key), item) for key, item in value.items()]
            elif isinstance(value, list):
                waiting += [((*path, at), item) for at, item in enumerate(value)]

    def repeats(self, paths: Iterable[ValuePath]) -> Iterator[tuple[ValuePath, int]]:
        """Those of the texts at ``paths`` that stand before, with the line of the first one."""
        first: dict[str, int] = {}
        for path in paths:
            text = self.at(path)
            if isinstance(text, str) and text in first:
                yield path, first[text]
            elif isinstance(text, str):
                first[text] = self.mark(path)[0]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value, in the words of ``Problem``; ``path``: empty for the whole."""

    code: str
    found: str
    allowed: str
    fix: str
    path: ValuePath = ()

    def at(self, document: Document, *, key: bool = False) -> Problem:
        """The problem at its place in ``document``, on the value or on its key."""
        return self.placed(document.file, *document.mark(self.path, key=key))

    def placed(self, file: str, line: int, column: int = 1) -> Problem:
        """The problem at a place that is known."""
        path = dotted(self.path)
        return Problem(file, line, column, path, self.code, self.found, self.allowed, self.fix)


per_document: Final = lru_cache(maxsize=2048)
"""Keep what a function made of the last documents: states of a history share most.

Twice as many as a registry has at most.
"""
