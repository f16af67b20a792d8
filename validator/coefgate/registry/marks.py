"""A document: plain data, and for every value the place where it was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from coefgate.core.problems import Problem
from coefgate.registry.wording import dotted

T = TypeVar("T")
_KEPT: Final = 2048
"""Documents: twice as many as a registry has at most."""


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
            below = _below(mark, step)
            if below is None:
                return mark.line, mark.column
            mark = below
        return (mark.key_line, mark.key_column) if key else (mark.line, mark.column)

    def at(self, value_path: Sequence[str | int]) -> Any:
        """The value at ``value_path``; ``None`` where there is none."""
        value = self.data
        for step in value_path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
                value = value[step]
            else:
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

    def problem(
        self,
        value_path: Sequence[str | int],
        code: str,
        *,
        found: str,
        allowed: str,
        fix: str,
        key: bool = False,
    ) -> Problem:
        """A problem with the value at ``value_path``, placed on it (on its key with ``key``)."""
        line, column = self.mark(value_path, key=key)
        return Problem(self.file, line, column, dotted(value_path), code, found, allowed, fix)


def per_document(function: Callable[[Document], T]) -> Callable[[Document], T]:
    """Keep what ``function`` made of the last documents: the states of a history share most of theirs."""
    return lru_cache(maxsize=_KEPT)(function)


def _below(mark: Mark, step: str | int) -> Mark | None:
    inside = mark.inside
    if isinstance(inside, dict) and isinstance(step, str):
        below: Mark | None = inside.get(step)
        return below
    if isinstance(inside, list) and isinstance(step, int) and 0 <= step < len(inside):
        item: Mark = inside[step]
        return item
    return None
