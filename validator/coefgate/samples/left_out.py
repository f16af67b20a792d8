"""Candidates that are not chosen, counted by reason; of each reason the first ones are kept."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from coefgate.samples.model import Sample

_FIRST: Final = 3
"""Of each reason; nobody reads more."""


@dataclass(frozen=True, slots=True)
class LeftOutCalls:
    """Candidates that one reason keeps out: how many, their output tokens, the first of them."""

    calls: int
    tokens: int
    first: tuple[Sample, ...]


@dataclass(slots=True)
class LeftOutCount:
    """The same while they are counted: the first of them by their ``numbers``."""

    calls: int = 0
    tokens: int = 0
    numbers: list[int] = field(default_factory=list)

    def note(self, number: int, tokens: int) -> None:
        """Count one more."""
        self.calls += 1
        self.tokens += tokens
        if len(self.numbers) < _FIRST or number < self.numbers[-1]:
            insort(self.numbers, number)
            del self.numbers[_FIRST:]

    def among(self, samples: Mapping[int, Sample]) -> LeftOutCalls:
        """The value, once it is known which ``samples`` have these numbers."""
        return LeftOutCalls(self.calls, self.tokens, tuple(samples[one] for one in self.numbers))
