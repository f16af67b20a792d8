"""The calls that two states are scored on: the same samples in the same order, predicted by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coefgate.core.table import Table
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.metrics import Calls, Metrics

_Slice = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same calls, predicted by base and by head, with the metrics of both."""

    evidence: Evidence
    base: Calls
    head: Calls
    base_metrics: Metrics | None
    head_metrics: Metrics | None

    @property
    def moved(self) -> bool:
        """Is any call predicted differently?"""
        return not np.array_equal(self.base.predicted, self.head.predicted)


def pair(evidence: Evidence, base: Table, head: Table) -> Pair:
    """Score ``evidence`` with both tables."""
    return pair_of(evidence.predicted(base), evidence.predicted(head))


def pair_of(base: Predicted, head: Predicted) -> Pair:
    """The same evidence as both sides predict it."""
    return Pair(base.evidence, base.calls, head.calls, base.figures.metrics, head.figures.metrics)


@dataclass(frozen=True, slots=True)
class AddedUp:
    """Head against what was accepted since the anchor, on the calls that the anchor had.

    ``since``: commit by commit, from the anchor to base. ``last``: head against base on the same
    calls; a loss that base had already is not this change's.
    """

    since: tuple[tuple[str, Pair], ...]
    last: Pair


@dataclass(frozen=True, slots=True)
class Stratum:
    """One slice of the calls: its name, and their indices."""

    name: str
    category: str | None
    complexity: str | None
    calls: npt.NDArray[np.intp]
    phases: int


def judged_strata(
    evidence: Evidence, canonical: Mapping[str, str], *, phases_from: int
) -> tuple[Stratum, ...]:
    """The slices in which a change is judged: every cell with enough phases.

    A cell with fewer counts within its category, and where that has too few as well within its
    complexity.
    """
    rows: dict[_Slice, list[int]] = {}
    cells: dict[tuple[str, str], None] = {}
    for row, sample in enumerate(evidence.samples):
        category = canonical.get(str(sample.category), str(sample.category))
        complexity = str(sample.complexity)
        cells[category, complexity] = None
        for _, slice_of in _widening(category, complexity):
            rows.setdefault(slice_of, []).append(row)
    found: dict[str, Stratum] = {}
    for category, complexity in cells:
        for name, slice_of in _widening(category, complexity):
            stratum = _stratum(evidence, rows[slice_of], name, slice_of)
            if stratum.phases >= phases_from or slice_of[0] is None:
                found[name] = stratum
                break
    return tuple(found[name] for name in sorted(found))


def _widening(category: str, complexity: str) -> tuple[tuple[str, _Slice], ...]:
    """The slices that a cell may be judged in, the narrowest first."""
    return (
        (f"{category}/{complexity}", (category, complexity)),
        (category, (category, None)),
        (complexity, (None, complexity)),
    )


def _stratum(evidence: Evidence, rows: Sequence[int], name: str, slice_of: _Slice) -> Stratum:
    indices = np.array(rows, dtype=np.intp)
    return Stratum(name, *slice_of, indices, len(np.unique(evidence.phase[indices])))
