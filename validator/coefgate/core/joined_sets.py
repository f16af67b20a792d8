"""Things that belong together, directly or by way of others: one of each set stands for it."""

from __future__ import annotations

from typing import Generic, TypeVar

Name = TypeVar("Name", int, tuple[str, str])


class JoinedSets(Generic[Name]):
    """Sets that grow together; whatever was never joined is a set by itself."""

    def __init__(self) -> None:
        self._before: dict[Name, Name] = {}

    def first(self, one: Name) -> Name:
        """The smallest member of the set of ``one``, which stands for it."""
        while (before := self._before.get(one, one)) != one:
            # The way is halved each time: one after the other thousands may have been joined.
            self._before[one] = one = self._before.get(before, before)
        return one

    def join(self, one: Name, other: Name) -> None:
        """From now on both are of one set."""
        ends = self.first(one), self.first(other)
        if ends[0] != ends[1]:
            self._before[max(ends)] = min(ends)

    def joined(self) -> list[Name]:
        """Those that another one stands for."""
        return list(self._before)
