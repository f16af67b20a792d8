"""Disjoint sets (union–find): things that belong together, directly or by way of others."""

from __future__ import annotations

from typing import Generic, TypeVar

Name = TypeVar("Name", int, tuple[str, str])


class DisjointSets(Generic[Name]):
    """Sets that are joined step by step; whatever was never joined is a set by itself."""

    def __init__(self) -> None:
        self._before: dict[Name, Name] = {}

    def first(self, one: Name) -> Name:
        """The smallest member of the set of ``one``, which stands for it."""
        while (before := self._before.get(one, one)) != one:
            # Path halving: thousands may have been joined one after the other.
            self._before[one] = one = self._before.get(before, before)
        return one

    def join(self, one: Name, other: Name) -> None:
        """Make one set of theirs."""
        ends = self.first(one), self.first(other)
        if ends[0] != ends[1]:
            self._before[max(ends)] = min(ends)

    def joined(self) -> list[Name]:
        """All members that do not stand for their set themselves."""
        return list(self._before)
