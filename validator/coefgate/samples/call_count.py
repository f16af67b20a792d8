"""How many calls something rests on: counted one way wherever calls are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallCount:
    """Scored calls: eligible ones (``samples``), such as were cut off, and the phases of both together."""

    samples: int = 0
    censored: int = 0
    phases: int = 0

    @property
    def scored(self) -> int:
        """All of them."""
        return self.samples + self.censored
