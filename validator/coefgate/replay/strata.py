"""What calls are grouped by (category, cell, model …), and the slices that judge a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Indices
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited

UNKNOWN: Final = "unknown"
WITHOUT_TOKENS: Final = "failed without a token"
"""Failed calls that gave nothing: they have no ratio to what they needed, so they stand alone."""
CUT_OFF: Final = "cut off"
"""Censored calls, whose reply could mostly not be parsed: neither succeeded nor failed."""

CategoryNames = Mapping[str, str]
"""From every name and alias of a category to its name."""


def groups(
    evidence: Evidence, dimension: str, canonical_category: CategoryNames
) -> dict[str, Indices]:
    """The indices of the calls for each value of a dimension; aliases are one category."""
    return indices([_LABELS[dimension](one, canonical_category) for one in evidence.audited])


def indices(labels: Sequence[str]) -> dict[str, Indices]:
    """Where each label stands."""
    found: dict[str, list[int]] = {}
    for at, label in enumerate(labels):
        found.setdefault(label, []).append(at)
    return {label: np.array(found[label], dtype=np.intp) for label in sorted(found)}


def _category(sample: Sample, canonical: CategoryNames) -> str:
    label = sample.category or UNKNOWN
    return canonical.get(label, label)


def _complexity(sample: Sample) -> str:
    return sample.complexity or UNKNOWN


def _success(audited: Audited) -> str:
    if audited.status != "failed":
        return CUT_OFF if audited.status == "censored" else "succeeded"
    return "failed" if audited.sample.actual_output_tokens else WITHOUT_TOKENS


def how_many(count: int) -> str:
    """The slice of calls with so many deliverables."""
    return "5+" if count >= 5 else "3–4" if count >= 3 else str(count)


def _operation(sample: Sample) -> str:
    operations = {deliverable.operation for deliverable in sample.deliverables}
    return operations.pop() if len(operations) == 1 else "mixed" if operations else "none"


_LABELS: Final[Mapping[str, Callable[[Audited, CategoryNames], str]]] = {
    "category": lambda one, names: _category(one.sample, names),
    "complexity": lambda one, _: _complexity(one.sample),
    "cell": lambda one, names: f"{_category(one.sample, names)}/{_complexity(one.sample)}",
    "deliverables": lambda one, _: how_many(len(one.sample.deliverables)),
    "model": lambda one, _: one.sample.model or UNKNOWN,
    "operation": lambda one, _: _operation(one.sample),
    "success": lambda one, _: _success(one),
    "reply_matches": lambda one, _: one.sample.reply_matches,
    "deliverables_from": lambda one, _: one.sample.deliverables_from or UNKNOWN,
    "label_origin": lambda one, _: one.sample.label_origin or UNKNOWN,
}
DIMENSIONS: Final = tuple(_LABELS)
"""What scores may be broken down by."""

_Slice = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One slice of the calls: what they share, and their indices; without either all of them."""

    category: str | None
    complexity: str | None
    calls: Indices
    phases: int

    @property
    def name(self) -> str:
        """``tests/low``, ``tests``, ``low``."""
        return "/".join(filter(None, (self.category, self.complexity))) or "all calls"


def judged_strata(
    evidence: Evidence, canonical: CategoryNames, *, phases_from: int
) -> tuple[Stratum, ...]:
    """Cells with enough phases; a smaller one counts in its category, or else its complexity."""
    rows: dict[_Slice, list[int]] = {}
    cells: dict[tuple[str, str], None] = {}
    for row, sample in enumerate(evidence.samples):
        cell = _category(sample, canonical), _complexity(sample)
        cells[cell] = None
        for slice_of in _widening(*cell):
            rows.setdefault(slice_of, []).append(row)
    found: dict[str, Stratum] = {}
    for cell in cells:
        for slice_of in _widening(*cell):
            at = np.array(rows[slice_of], dtype=np.intp)
            stratum = Stratum(*slice_of, at, len(np.unique(evidence.phase[at])))
            if stratum.phases >= phases_from or stratum.category is None:
                found[stratum.name] = stratum
                break
    return tuple(found[name] for name in sorted(found))


def _widening(category: str, complexity: str) -> tuple[_Slice, ...]:
    """The slices that a cell may be judged in, the narrowest first."""
    return (category, complexity), (category, None), (None, complexity)


class StrataOf:
    """The strata of a set of calls under the names of head and of base; found once for each."""

    def __init__(self, phases_from: int) -> None:
        self._judged = cache(
            lambda evidence, names: judged_strata(evidence, dict(names), phases_from=phases_from)
        )

    def __call__(self, evidence: Evidence, *canonicals: CategoryNames) -> tuple[Stratum, ...]:
        found: dict[object, Stratum] = {}
        for canonical in canonicals:
            for stratum in self._judged(evidence, frozenset(canonical.items())):
                # Base and head may mean different calls by one name.
                found.setdefault((stratum.name, stratum.calls.tobytes()), stratum)
        return tuple(found.values())
