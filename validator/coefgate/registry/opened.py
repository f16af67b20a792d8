"""Collections that are still being read: where the next key or value goes."""

from __future__ import annotations

from typing import Any, Final

from coefgate.registry.marks import Mark
from coefgate.registry.wording import ValuePath

NO_KEY: Final = "?"
"""Stands in a path for a key that was refused."""


class OpenList:
    """A list that is still being read."""

    __slots__ = ("data", "marks")

    def __init__(self) -> None:
        self.data: list[Any] = []
        self.marks: list[Mark] = []

    def step(self, *, inside: bool) -> ValuePath:
        """The step to the value that is being read (``inside`` it) or that comes next."""
        return (len(self.data) - inside,)

    def put(self, value: object, line: int, column: int, inside: Any) -> None:
        self.data.append(value)
        self.marks.append(Mark(line, column, line, column, inside))


class OpenMapping:
    """A mapping that is still being read; ``key`` is the one whose value comes next, ``None`` if refused."""

    __slots__ = ("data", "key", "key_place", "marks", "wants_key")

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.marks: dict[str, Mark] = {}
        self.wants_key = True
        self.key: str | None = None
        self.key_place = (1, 1)

    def step(self, *, inside: bool) -> ValuePath:
        """The step to the value that is being read (``inside`` it) or that comes next, if it has a key."""
        if self.wants_key and not inside:
            return ()
        return (NO_KEY if self.key is None else self.key,)

    def put(self, value: object, line: int, column: int, inside: Any) -> None:
        if self.key is not None:
            self.data[self.key] = value
            self.marks[self.key] = Mark(line, column, *self.key_place, inside)
        self.wants_key = True
