"""What categories are called now, with the calls that carry their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coefgate.changes.renames import Rename
from coefgate.replay.pair import Pair
from coefgate.samples.call_count import CallCount


@dataclass(frozen=True, slots=True)
class Renamed:
    """``calls``: the scored calls that carry one of the names; ``moved``: those predicted differently."""

    rename: Rename
    calls: CallCount
    moved: CallCount


def renamed_calls(found: Iterable[Rename], both: Pair) -> tuple[Renamed, ...]:
    """Each with its calls, whatever moved their predictions."""
    count, differs = both.evidence.count, (both.base.predicted != both.head.predicted).tolist()

    def counted(one: Rename) -> Renamed:
        rows = [
            row for row, sample in enumerate(both.evidence.samples) if sample.category in one.names
        ]
        return Renamed(one, count(rows), count([row for row in rows if differs[row]]))

    return tuple(map(counted, found))
