"""What categories are called now, with the calls that carry their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coefgate.gates.evidence import Pair
from coefgate.registry.renames import Rename


@dataclass(frozen=True, slots=True)
class Renamed:
    """``calls``: the scored calls that carry one of the names; ``moved``: those predicted differently."""

    rename: Rename
    calls: int
    moved: int


def renamed_calls(found: Iterable[Rename], both: Pair) -> tuple[Renamed, ...]:
    """Each with its calls, whatever moved their predictions."""
    differs = (both.base.predicted != both.head.predicted).tolist()
    labels = [sample.category for sample in both.evidence.samples]
    return tuple(_counted(one, list(zip(labels, differs, strict=True))) for one in found)


def _counted(rename: Rename, calls: Iterable[tuple[str | None, bool]]) -> Renamed:
    moves = [differs for label, differs in calls if label in rename.names]
    return Renamed(rename, len(moves), sum(moves))
