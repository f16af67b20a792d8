"""How many calls something rests on: counted one way wherever calls are counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coefgate.samples.model import Audited


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


def count_of(scored: Collection[Audited]) -> CallCount:
    """How many these scored calls are."""
    cut_off = sum(one.status == "censored" for one in scored)
    return CallCount(len(scored) - cut_off, cut_off, len({one.sample.phase for one in scored}))
