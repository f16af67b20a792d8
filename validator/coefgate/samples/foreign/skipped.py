"""What was left out for one reason: how many, and where the first of them are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

EXAMPLES: Final = 3
"""Places of each kind that are kept; nobody reads more."""


@dataclass(slots=True)
class Skipped:
    """What was left out for one reason: how many, their output tokens, and the first places.

    ``tokens`` counts what the records state; ``places`` are of the form ``file:line``.
    ``numbers``: where the places stand in a source that is read in parts.
    """

    count: int = 0
    tokens: int = 0
    places: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def note(self, place: str, tokens: int = 0, number: int = 0) -> None:
        """Count one more."""
        self.count += 1
        self.tokens += tokens
        if len(self.places) < EXAMPLES:
            self.places.append(place)
            self.numbers.append(number)

    def add(self, others: Skipped) -> None:
        """Count those of ``others`` as well, which are of a later source."""
        self.count += others.count
        self.tokens += others.tokens
        room = EXAMPLES - len(self.places)
        self.places += others.places[:room]
        self.numbers += others.numbers[:room]

    def add_of_same(self, others: Skipped) -> None:
        """Count those of ``others`` as well, which are of the same source: before or after."""
        ours, theirs = (zip(one.numbers, one.places, strict=True) for one in (self, others))
        first = sorted((*ours, *theirs))[:EXAMPLES]
        self.count += others.count
        self.tokens += others.tokens
        self.numbers = [number for number, _ in first]
        self.places = [place for _, place in first]


def by_count(found: Mapping[str, Skipped]) -> dict[str, Skipped]:
    """The same, the most frequent first."""
    return dict(sorted(found.items(), key=lambda one: (-one[1].count, one[0])))
