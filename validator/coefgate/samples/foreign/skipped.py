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
    """

    count: int = 0
    tokens: int = 0
    places: list[str] = field(default_factory=list)

    def note(self, place: str, tokens: int = 0) -> None:
        """Count one more."""
        self.add(Skipped(1, tokens, [place]))

    def add(self, others: Skipped) -> None:
        """Count those of ``others`` as well."""
        self.count += others.count
        self.tokens += others.tokens
        self.places += others.places[: EXAMPLES - len(self.places)]


def by_count(found: Mapping[str, Skipped]) -> dict[str, Skipped]:
    """The same, the most frequent first."""
    return dict(sorted(found.items(), key=lambda one: (-one[1].count, one[0])))
