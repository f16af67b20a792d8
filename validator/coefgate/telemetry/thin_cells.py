"""Which cells to collect calls of next: those that are recorded, and that fewest phases show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coefgate.replay.figures import FEWEST_PHASES
from coefgate.samples.status import CallCount
from coefgate.telemetry.weeks import StratumWeek


@dataclass(frozen=True, slots=True)
class ThinCell:
    """A cell, ``category/complexity``, with its records that are scored, and their phases.

    ``stored``: the scored samples of it that the registry has; ``None`` where no registry is at
    hand, or it does not declare the cell. ``lacks``: phases until there is an interval at all.
    """

    cell: str
    recorded: int
    phases: int
    stored: CallCount | None
    lacks: int


def thin_cells(
    cells: Iterable[StratumWeek], stored: Mapping[str, CallCount] | None
) -> tuple[ThinCell, ...]:
    """The fewest phases first, and of as many the one with most records.

    ``cells``: figures by cell; ``stored``: by the name of each declared one its samples.
    """
    found = []
    for one in cells:
        if one.metrics is None:
            continue
        samples = None if stored is None else stored.get(one.value)
        phases = one.metrics.phases
        known = phases if stored is None else samples.phases if samples else 0
        lacks = max(FEWEST_PHASES - known, 0)
        found.append((known, ThinCell(one.value, one.scored, phases, samples, lacks)))
    order = sorted(found, key=lambda one: (one[0], -one[1].recorded, one[1].cell))
    return tuple(cell for _, cell in order)
