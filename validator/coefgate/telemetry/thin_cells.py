"""Which cells to collect calls of next: those that are recorded, and that fewest phases show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coefgate.replay.figures import FEWEST_PHASES
from coefgate.samples.status import CallCount


@dataclass(frozen=True, slots=True)
class ThinCell:
    """A cell, ``category/complexity``, with its ``recorded`` calls that are scored.

    ``stored``: the scored samples of it that the registry has; ``None`` where no registry is at
    hand, or it does not declare the cell. ``lacks``: phases until there is an interval at all.
    """

    cell: str
    recorded: CallCount
    stored: CallCount | None
    lacks: int


def thin_cells(
    recorded: Mapping[str, CallCount], stored: Mapping[str, CallCount] | None
) -> tuple[ThinCell, ...]:
    """The fewest phases first, and of as many the one with most records.

    ``stored``: by the name of each declared cell its samples.
    """
    found = []
    for cell, calls in recorded.items():
        samples = None if stored is None else stored.get(cell)
        known = calls.phases if stored is None else samples.phases if samples else 0
        lacks = max(FEWEST_PHASES - known, 0)
        found.append((known, ThinCell(cell, calls, samples, lacks)))
    order = sorted(found, key=lambda one: (one[0], -one[1].recorded.scored, one[1].cell))
    return tuple(cell for _, cell in order)
