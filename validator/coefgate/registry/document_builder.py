"""A document while it is read: what the readers of YAML files and JSON lines have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault, Mark
from coefgate.registry.wording import ValuePath

NO_KEY: Final = "?"
"""Stands in a path for a key that was refused."""


class _Open:
    """A list or a mapping. ``key``: the one whose value comes next, ``None`` if refused."""

    __slots__ = ("data", "is_mapping", "key", "key_place", "marks", "wants_key")

    def __init__(self, *, mapping: bool) -> None:
        self.data: Any = {} if mapping else []
        self.marks: Any = {} if mapping else []
        self.is_mapping = self.wants_key = mapping
        self.key: str | None = None
        self.key_place = (1, 1)

    def step(self, *, inside: bool) -> ValuePath:
        if not self.is_mapping:
            return (len(self.data) - inside,)
        if self.wants_key and not inside:
            return ()
        return (NO_KEY if self.key is None else self.key,)

    def put(self, value: object, line: int, column: int, inside: Any = None) -> None:
        if not self.is_mapping:
            self.data.append(value)
            self.marks.append(Mark(line, column, line, column, inside))
        elif self.key is not None:
            self.data[self.key] = value
            self.marks[self.key] = Mark(line, column, *self.key_place, inside)
        self.wants_key = self.is_mapping


class DocumentBuilder:
    """Takes keys and values in the order in which they are written, each with its line and column.

    A key that stands already, or that cannot be one, is refused with ``None``: its value is read
    over. ``problems``: what was refused so far.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._open = [_Open(mapping=False)]  # a list of the one value of the whole

    def document(self) -> Document | None:
        """What was read; ``None`` where there was no value at all."""
        root = self._open[0]
        return Document(self.file, root.data[0], root.marks[0]) if root.data else None

    @property
    def depth(self) -> int:
        """How many lists and mappings are open."""
        return len(self._open) - 1

    @property
    def wants_key(self) -> bool:
        """Does a key come next?"""
        return self._open[-1].wants_key

    def path(self) -> ValuePath:
        """The path of the value that comes next; where a key does, that of its mapping."""
        *above, here = self._open[1:] or (_Open(mapping=True),)
        outer = (step for one in above for step in one.step(inside=True))
        return (*outer, *here.step(inside=False))

    def mark_of(self, key: str) -> Mark | None:
        """Where the innermost mapping holds ``key`` already."""
        mark: Mark | None = self._open[-1].marks.get(key)
        return mark

    def take_key(self, key: str | None, line: int, column: int) -> None:
        """The key of the value that comes next, ``None`` for one that is refused."""
        here = self._open[-1]
        here.wants_key, here.key, here.key_place = False, key, (line, column)

    def put(self, value: object, line: int, column: int) -> None:
        """A value that is no collection."""
        self._open[-1].put(value, line, column)

    def begin(self, line: int, column: int, *, mapping: bool, held: bool = True) -> None:
        """A list or mapping, whose values come next; one that stands as a key is not ``held``."""
        opened = _Open(mapping=mapping)
        if held:
            self._open[-1].put(opened.data, line, column, opened.marks)
        self._open.append(opened)

    def end(self) -> None:
        """The innermost list or mapping is complete."""
        self._open.pop()

    def refused(self, why: Fault, line: int, column: int, *key: str) -> Problem:
        """Something is wrong with the value that comes next, or with its ``key``."""
        return replace(why, path=(*self.path(), *key)).placed(self.file, line, column)
