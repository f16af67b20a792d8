"""The calls that two states are scored on: the same samples in the same order, predicted by any table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from coefgate.estimator.columnar import Counts, Integers, counts_matrix, predict
from coefgate.estimator.table import Table
from coefgate.replay.metrics import Calls, Metrics, metrics
from coefgate.samples.model import Audited, Sample


class Evidence:
    """Eligible and censored calls as columns. Counts are kept for tables that differ in numbers only."""

    def __init__(self, audited: Sequence[Audited]) -> None:
        scored = [one for one in audited if one.status in ("eligible", "censored")]
        number_of = {phase: n for n, phase in enumerate(sorted({one.sample.phase for one in scored}))}
        self.samples: tuple[Sample, ...] = tuple(one.sample for one in scored)
        self.actual: Integers = np.array([s.actual_output_tokens for s in self.samples], dtype=np.int64)
        self.phase: npt.NDArray[np.intp] = np.array([number_of[s.phase] for s in self.samples], dtype=np.intp)
        self.censored: npt.NDArray[np.bool_] = np.array(
            [one.status == "censored" for one in scored], dtype=np.bool_
        )
        self._counts: dict[object, Counts] = {}

    @cached_property
    def eligible(self) -> tuple[Sample, ...]:
        """The samples that may be scored, without the censored ones."""
        return tuple(s for s, cut in zip(self.samples, self.censored.tolist(), strict=True) if not cut)

    def counts(self, table: Table) -> Counts:
        """The calls counted by what ``table`` can tell apart."""
        shape = _shape(table)
        if shape not in self._counts:
            self._counts[shape] = counts_matrix(self.samples, table)
        return self._counts[shape]

    def calls(self, table: Table) -> Calls:
        """The calls with the predictions of ``table``."""
        return Calls(predict(self.counts(table), table), self.actual, self.phase, self.censored)


def _shape(table: Table) -> object:
    """What a counts matrix depends on; tables that share it differ in numbers only."""
    return (
        table.kind_of,  # one object for equal path rules
        table.kinds,
        table.applies_to,
        frozenset(table.cells),
        frozenset(table.no_deliverables),
        frozenset(table.canonical_category.items()),
    )


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
    before, after = evidence.calls(base), evidence.calls(head)
    return Pair(evidence, before, after, metrics(before), metrics(after))


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
    cells = [(canonical.get(str(s.category), str(s.category)), str(s.complexity)) for s in evidence.samples]
    found: dict[str, Stratum] = {}
    for category, complexity in dict.fromkeys(cells):
        for name, slice_of in (
            (f"{category}/{complexity}", (category, complexity)),
            (category, (category, None)),
            (complexity, (None, complexity)),
        ):
            stratum = _stratum(evidence, cells, name, slice_of)
            if stratum.phases >= phases_from or slice_of[0] is None:
                found[name] = stratum
                break
    return tuple(found[name] for name in sorted(found))


def _stratum(
    evidence: Evidence,
    cells: Iterable[tuple[str, str]],
    name: str,
    slice_of: tuple[str | None, str | None],
) -> Stratum:
    category, complexity = slice_of
    indices = np.array(
        [n for n, (of, at) in enumerate(cells) if category in (None, of) and complexity in (None, at)],
        dtype=np.intp,
    )
    return Stratum(name, category, complexity, indices, len(np.unique(evidence.phase[indices])))
